import { Logger } from '@nestjs/common';
import { Client } from 'pg';

/** First half of our advisory locks' keys, so that they meet no other lock of the database. */
const LOCK_CLASS = 7_461_003;
const SWEEP_MS = 5_000;

export interface AbandonedJobsOptions {
  url: string;
  jobsSchema: string;
  systemRole: string;
  applicationName: string;
}

/**
 * Frees the jobs of processes that died holding them; graphile-worker alone would wait four hours. A living pool
 * holds an advisory lock named after it, on a connection that dies with the process. Jobs of a pool without one,
 * twice in a row so that a lost connection is not taken for a death, are up for taking again.
 */
export class AbandonedJobs {
  private readonly logger = new Logger(AbandonedJobs.name);
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private suspects: readonly string[] = [];
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: AbandonedJobsOptions) {}

  /** @param poolId what graphile-worker writes into `locked_by` for this process */
  async watch(poolId: string): Promise<void> {
    this.client = await this.connect(poolId);
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping
        .then(() => this.sweep(poolId))
        .catch((error: unknown) => this.lost(error));
    }, SWEEP_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
    await this.client?.end();
    this.client = undefined;
  }

  private async connect(poolId: string): Promise<Client> {
    const { url, systemRole, applicationName } = this.options;
    const client = new Client({
      connectionString: url,
      options: `-c role=${systemRole}`,
      application_name: applicationName,
      query_timeout: 10_000,
      keepAlive: true,
    });
    client.on('error', (error) => this.lost(error));
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [LOCK_CLASS, poolId]);
    return client;
  }

  private async sweep(poolId: string): Promise<void> {
    this.client ??= await this.connect(poolId);
    const { jobsSchema } = this.options;
    const { rows } = await this.client.query<{ pool: string }>(
      `SELECT DISTINCT locked_by AS pool FROM ${jobsSchema}._private_jobs WHERE locked_by IS NOT NULL
         AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND l.classid = $1::int::oid AND l.objid = hashtext(locked_by)::oid)`,
      [LOCK_CLASS],
    );
    const dead = rows.map(({ pool }) => pool).filter((pool) => this.suspects.includes(pool));
    this.suspects = rows.map(({ pool }) => pool);
    if (dead.length === 0) return;
    await this.client.query(`SELECT ${jobsSchema}.force_unlock_workers($1)`, [dead]);
    this.logger.warn({ dead }, 'jobs of a stopped process will run again');
  }

  private lost(error: unknown): void {
    const { client } = this;
    this.client = undefined;
    if (!client) return;
    this.logger.warn({ err: error }, 'watch over jobs lost its connection');
    client.end().catch((problem: unknown) => this.logger.debug({ err: problem }, 'connection was gone'));
  }
}
