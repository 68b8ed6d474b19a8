import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type FileManifest,
  newId,
  PRIVACY_COMPLETED,
  type PrivacyRequestedV1,
  type PrivacyService,
  Uuid,
} from '@parley/contracts';
import { FileStore } from '@parley/files';
import { type JobDefinition, Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { ERASED_AT_ONCE, PersonalRowsRepository } from './personal-rows.repository';
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

/** A file of an export is closed once it holds so much. */
const PART_BYTES = 8 * 1024 * 1024;

const NOTHING: { rows: number; body: Buffer; after: string | null } = {
  rows: 0,
  body: Buffer.alloc(0),
  after: null,
};

const SCOPE = 'privacy request';

/**
 * Exports or erases what one service holds of a subject, a batch at a time. Where the work stands commits with the
 * batch or the file, so a process that dies loses at most what is in its hands, and counts nothing twice.
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
    if (!step) return this.finish(task);
    const { rows, body, after } = step.rows.exported === false ? NOTHING : await this.read(step, task.after);
    const { table } = step.table;
    const name = `${task.step}-${table}-${task.partCount}.ndjson`;
    const part = rows > 0 ? await this.write(task, name, body, { table, rows }) : undefined;
    const noted = await this.db.system(SCOPE, () => this.tasks.exported(task, after, part));
    if (!noted && part) await this.files.delete(part.key);
  }

  /** Batch by batch until there is enough for a file, or the table ends. */
  private async read(step: Step, from: string | null): Promise<typeof NOTHING> {
    const lines: Buffer[] = [];
    let bytes = 0;
    for (let after = from; ;) {
      const { found, more } = await this.db.system(SCOPE, () =>
        this.rows.read(step, after, PART_BYTES - bytes),
      );
      for (const { row } of found) {
        const line = Buffer.from(`${row}\n`);
        lines.push(line);
        bytes += line.length;
      }
      after = more ? (found.at(-1)?.key ?? null) : null;
      if (after === null || bytes >= PART_BYTES)
        return { rows: lines.length, body: Buffer.concat(lines), after };
    }
  }

  /** Under a name of its own each time: a run that goes on beside another replaces nothing that was noted. */
  private async write<Facts extends object>(
    { requestId }: PrivacyTask,
    name: string,
    body: Buffer,
    facts: Facts,
  ): Promise<Facts & { key: string; bytes: number; sha256: string }> {
    const key = `privacy/${requestId}/${this.participant.service}/${newId()}/${name}`;
    await this.files.put(key, body, 'application/x-ndjson');
    return { key, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex'), ...facts };
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
      await this.tasks.erased(task, step.table.table, erased, erased < ERASED_AT_ONCE);
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
    await this.complete(task, null);
    return undefined;
  }

  /** A receipt names one file, however many there are: events have to stay small. */
  private async finish(task: PrivacyTask): Promise<void> {
    const parts = await this.db.system(SCOPE, () => this.tasks.partsOf(task.requestId));
    const list = Buffer.from(parts.map((part) => `${JSON.stringify(part)}\n`).join(''));
    const manifest =
      parts.length > 0 ? await this.write(task, 'manifest.ndjson', list, { parts: parts.length }) : null;
    const finished = await this.db.system(SCOPE, async () => {
      const locked = await this.tasks.find(task.requestId, true);
      if (!locked || locked.finishedAt) return false;
      await this.complete(locked, manifest);
      return true;
    });
    if (!finished && manifest) await this.files.delete(manifest.key);
  }

  private async complete(task: PrivacyTask, manifest: FileManifest | null): Promise<void> {
    const at = new Date();
    await this.tasks.finish(task, manifest, at);
    await this.answer({ ...task, manifest }, at);
  }

  private async answer({ requestId, counts, parts, manifest }: PrivacyTask, at: Date): Promise<void> {
    const { service } = this.participant;
    const receipt = { requestId, service, counts, parts, finishedAt: at.toISOString() };
    await this.outbox.add(
      PRIVACY_COMPLETED[service],
      { ...receipt, ...(manifest ? { manifest } : {}) },
      { subject: requestId },
    );
  }

  /** Jobs of one request take turns: asked again while one runs, the next finds it done. */
  private async enqueue(requestId: string, runAt?: Date): Promise<void> {
    await this.jobs.enqueue(
      privacyWork,
      { requestId },
      { key: `privacy:${requestId}`, queue: `privacy:${requestId}`, ...(runAt ? { runAt } : {}) },
    );
  }

  private stepsFor({ subject }: PrivacyTask): Step[] {
    return stepsOf(this.tables, subject);
  }
}
