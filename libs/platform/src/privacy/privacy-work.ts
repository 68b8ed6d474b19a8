import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type FilePart,
  PRIVACY_COMPLETED,
  type PrivacyRequestedV1,
  type PrivacyService,
  Uuid,
} from '@parley/contracts';
import { FileStore } from '@parley/files';
import { type JobDefinition, Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { PersonalRowsRepository } from './personal-rows.repository';
import { KIT_TABLES, type PersonalTable, type Step, stepsOf, type Subject } from './personal-table';
import { type PrivacyTask, PrivacyTaskRepository } from './privacy-task.repository';

export interface PrivacyParticipantOptions {
  service: PrivacyService;
  tables: readonly PersonalTable[];
  /** Joins the transaction that finishes an erasure; to tell others what is gone. */
  afterErasure?: (subject: Subject, outbox: Outbox) => Promise<void>;
}

export const PARTICIPANT = Symbol('PARTICIPANT');

class PrivacyJob {
  @Uuid() requestId: string;
}

const privacyWork: JobDefinition<PrivacyJob> = { name: 'privacy.work', payload: PrivacyJob };

/** How long to wait for transactions that were open when a tenant was closed. */
const BARRIER_PAUSE_MS = 250;

const SCOPE = 'privacy request';

/**
 * Exports or erases what one service holds of a subject, a batch at a time. Where the work stands commits with the
 * batch, so a process that dies loses at most the batch in its hands, and counts nothing twice.
 */
@Injectable()
export class PrivacyWork implements OnModuleInit {
  private readonly tables: readonly PersonalTable[];

  constructor(
    @Inject(PARTICIPANT) private readonly participant: PrivacyParticipantOptions,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(FileStore) private readonly files: FileStore,
    @Inject(PrivacyTaskRepository) private readonly tasks: PrivacyTaskRepository,
    @Inject(PersonalRowsRepository) private readonly rows: PersonalRowsRepository,
  ) {
    this.tables = [...KIT_TABLES, ...participant.tables];
  }

  onModuleInit(): void {
    this.jobs.handle(privacyWork, ({ requestId }) => this.run(requestId));
  }

  /** In the open transaction. Asked again, it goes on where it stands, or answers again. */
  async accept(request: PrivacyRequestedV1): Promise<void> {
    if (request.services && !request.services.includes(this.participant.service)) return;
    await this.tasks.add(request);
    const task = await this.tasks.find(request.requestId);
    if (task?.finishedAt) return this.answer(task, task.finishedAt);
    await this.enqueue(request.requestId);
  }

  async run(requestId: string): Promise<void> {
    for (;;) {
      const task = await this.db.system(SCOPE, () => this.tasks.find(requestId));
      if (!task || task.finishedAt) return;
      if (task.kind === 'export') await this.exportSome(task);
      else if ((await this.eraseSome(requestId)) === 'wait') return;
    }
  }

  private async exportSome(task: PrivacyTask): Promise<void> {
    const step = this.stepsFor(task)[task.step];
    if (!step) return this.finish(task.requestId);
    const found =
      step.rows.exported === false ? [] : await this.db.system(SCOPE, () => this.rows.read(step, task.after));
    const part = found.length > 0 ? await this.write(task, step, found) : undefined;
    const more = found.length === this.rows.batchOf(step);
    const after = more ? (found.at(-1)?.key ?? null) : null;
    await this.db.system(SCOPE, () => this.tasks.exported(task, after, part));
  }

  /** Named after its place: written again after a crash, it replaces itself. */
  private async write(task: PrivacyTask, step: Step, found: { row: string }[]): Promise<FilePart> {
    const { table } = step.table;
    const body = Buffer.from(found.map(({ row }) => `${row}\n`).join(''));
    const key = `privacy/${task.requestId}/${this.participant.service}/${task.step}-${table}-${task.parts.length}.ndjson`;
    await this.files.put(key, body, 'application/x-ndjson');
    const sha256 = createHash('sha256').update(body).digest('hex');
    return { key, table, rows: found.length, bytes: body.length, sha256 };
  }

  private async eraseSome(requestId: string): Promise<'more' | 'wait'> {
    const next = await this.db.system(SCOPE, async () => {
      const task = await this.tasks.find(requestId, true);
      if (!task || task.finishedAt) return undefined;
      if (task.subject.wholeTenantIds.length > 0 && !task.barrier) {
        await this.tasks.raiseBarrier(task);
        return undefined;
      }
      if (task.barrier && !(await this.tasks.isPast(task.barrier))) {
        await this.enqueue(requestId, new Date(Date.now() + BARRIER_PAUSE_MS));
        return 'wait';
      }
      const step = this.stepsFor(task)[task.step];
      return step ? { at: task.step, files: await this.rows.filesOf(step) } : this.endPass(task);
    });
    if (next === 'wait') return 'wait';
    if (!next) return 'more';
    // Files first: a row without its file can be erased again, a file without its row is never found.
    for (const key of next.files) await this.files.delete(key);
    await this.db.system(SCOPE, async () => {
      const task = await this.tasks.find(requestId, true);
      if (!task || task.finishedAt || task.step !== next.at) return;
      const step = this.stepsFor(task)[task.step];
      if (!step) return;
      const erased = await this.rows.erase(step, next.files);
      await this.tasks.erased(task, step.table.table, erased, erased < this.rows.batchOf(step));
    });
    return 'more';
  }

  /** Until a pass finds nothing: what was on its way while the one before it ran is found too. */
  private async endPass(task: PrivacyTask): Promise<undefined> {
    if (task.passChanged > 0) {
      await this.tasks.beginAgain(task);
      return undefined;
    }
    await this.participant.afterErasure?.(task.subject, this.outbox);
    await this.complete(task);
    return undefined;
  }

  private async finish(requestId: string): Promise<void> {
    await this.db.system(SCOPE, async () => {
      const task = await this.tasks.find(requestId, true);
      if (task && !task.finishedAt) await this.complete(task);
    });
  }

  private async complete(task: PrivacyTask): Promise<void> {
    const at = new Date();
    await this.tasks.finish(task, at);
    await this.answer(task, at);
  }

  private async answer({ requestId, counts, parts }: PrivacyTask, at: Date): Promise<void> {
    const { service } = this.participant;
    await this.outbox.add(
      PRIVACY_COMPLETED[service],
      { requestId, service, counts, parts, finishedAt: at.toISOString() },
      { subject: requestId },
    );
  }

  private async enqueue(requestId: string, runAt?: Date): Promise<void> {
    await this.jobs.enqueue(
      privacyWork,
      { requestId },
      { key: `privacy:${requestId}`, ...(runAt ? { runAt } : {}) },
    );
  }

  private stepsFor({ subject }: PrivacyTask): Step[] {
    return stepsOf(this.tables, subject);
  }
}
