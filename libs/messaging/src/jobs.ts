import { Logger } from '@nestjs/common';
import {
  currentCaller,
  impersonationOf,
  isUuid,
  parseAs,
  runAs,
  type ServiceName,
  systemCaller,
  type DtoClass,
} from '@parley/contracts';
import { type Database, schemaOf } from '@parley/persistence';
import {
  type CronItem,
  Logger as WorkerLogger,
  parseCronItems,
  run,
  type Runner,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { EventEmitter } from 'node:events';
import { Pool } from 'pg';
import { AbandonedJobs } from './abandoned-jobs';

/** Work that outlives the process: done later, tried again, never lost. */
export interface JobDefinition<Payload extends object> {
  readonly name: string;
  readonly payload: DtoClass<Payload>;
  /** Tries before the job rests as failed in graphile's table; waits grow as e^n seconds. */
  readonly maxAttempts?: number;
}

export interface EnqueueOptions {
  tenantId?: string;
  /** Not before. */
  runAt?: Date;
  /** At most one waiting job per key: a later one replaces it. */
  key?: string;
  /** Jobs of one queue run one after another. */
  queue?: string;
}

export interface JobRun {
  readonly id: string;
  readonly attempt: number;
  readonly maxAttempts: number;
}

type JobHandler<Payload> = (payload: Payload, run: JobRun) => Promise<void>;

interface Envelope {
  tenantId?: string;
  requestId: string;
  impersonatorId?: string;
  impersonationId?: string;
  payload: unknown;
}

export interface JobsOptions {
  service: ServiceName;
  url: string;
  database: Database;
  concurrency?: number;
}

/** Durable jobs of one service, in graphile-worker beside its data. */
export class Jobs {
  private readonly logger: Logger;
  private readonly tasks: TaskList = {};
  private readonly schedules: CronItem[] = [];
  private runner: Runner | undefined;
  private pool: Pool | undefined;
  private abandoned: AbandonedJobs | undefined;

  constructor(private readonly options: JobsOptions) {
    this.logger = new Logger(`Jobs:${options.service}`);
  }

  /** Adds a job to the open transaction. It will run as the caller's tenant, or `options.tenantId`. */
  async enqueue<Payload extends object>(
    job: JobDefinition<Payload>,
    payload: Payload,
    options: EnqueueOptions = {},
  ): Promise<void> {
    const { schema } = schemaOf(this.options.service);
    const caller = currentCaller();
    const { requestId, tenantId: callersTenant } = caller;
    const tenantId = options.tenantId ?? callersTenant;
    const envelope: Envelope = {
      requestId,
      payload,
      ...(tenantId ? { tenantId } : {}),
      ...impersonationOf(caller),
    };
    await this.options.database.execute(`SELECT ${schema}.enqueue_job($1, $2, $3, $4, $5, $6)`, [
      job.name,
      JSON.stringify(envelope),
      options.queue ?? null,
      options.runAt ?? null,
      job.maxAttempts ?? 25,
      options.key ?? null,
    ]);
  }

  /** Registers what runs a job; before `start`. The handler runs as the tenant that asked for the job. */
  handle<Payload extends object>(job: JobDefinition<Payload>, handler: JobHandler<Payload>): void {
    this.tasks[job.name] = async (raw, helpers) => {
      const envelope = raw as Envelope;
      const payload = parseAs(job.payload, envelope.payload, 'message');
      const tenantId = envelope.tenantId && isUuid(envelope.tenantId) ? envelope.tenantId : undefined;
      const { id, attempts: attempt, max_attempts: maxAttempts } = helpers.job;
      const caller = { ...systemCaller(envelope.requestId, tenantId), ...impersonationOf(envelope) };
      await runAs(caller, () => handler(payload, { id, attempt, maxAttempts }));
    };
  }

  /**
   * Runs `work` on a cron schedule (UTC), once however many replicas there are.
   * @param catchUpHours a turn missed because nobody was running is made up for when somebody runs so soon again
   */
  schedule(name: string, cron: string, work: () => Promise<void>, catchUpHours = 0): void {
    this.tasks[name] = async (_payload, helpers) => {
      await runAs(systemCaller(`job-${helpers.job.id}`), work);
    };
    const options = { backfillPeriod: catchUpHours * 3_600_000, maxAttempts: 3 };
    this.schedules.push({ task: name, match: cron, options });
  }

  async start(): Promise<void> {
    const { service, url, concurrency = 5 } = this.options;
    const { jobsSchema, systemRole } = schemaOf(service);
    if (Object.keys(this.tasks).length === 0) return;
    this.pool = new Pool({
      connectionString: url,
      max: Math.min(concurrency, 5) + 2,
      options: `-c role=${systemRole}`,
      application_name: `parley-${service}-jobs`,
    });
    const lost = (error: Error): void => {
      if (this.runner) this.logger.warn({ err: error }, 'job connection lost');
    };
    this.pool.on('error', lost);
    // A connection in use reports its loss itself; unheard, that would end the process.
    this.pool.on('connect', (client) => client.on('error', lost));
    const events: WorkerEvents = new EventEmitter();
    const poolId = new Promise<string>((resolve) =>
      events.once('pool:create', ({ workerPool }) => resolve(workerPool.id)),
    );
    this.runner = await run({
      events,
      pgPool: this.pool,
      schema: jobsSchema,
      taskList: this.tasks,
      concurrency,
      noHandleSignals: true,
      pollInterval: 1_000,
      parsedCronItems: parseCronItems(this.schedules),
      logger: new WorkerLogger(() => (level, message, meta) => {
        if (level === 'error') this.logger.error({ err: meta?.error }, message);
        else if (level === 'warning') this.logger.debug(message);
      }),
    });
    this.abandoned = new AbandonedJobs({
      url,
      jobsSchema,
      systemRole,
      applicationName: `parley-${service}-jobs-watch`,
    });
    await this.abandoned.watch(await poolId);
  }

  /** Lets running jobs finish; the rest waits in the table. */
  async stop(): Promise<void> {
    const { runner, pool, abandoned } = this;
    this.runner = undefined;
    this.pool = undefined;
    this.abandoned = undefined;
    await runner?.stop();
    await abandoned?.stop();
    await pool?.end();
  }
}
