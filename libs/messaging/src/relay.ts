import { Logger } from '@nestjs/common';
import type { ServiceName } from '@parley/contracts';
import type { Database } from '@parley/persistence';
import { outboxBacklog } from './metrics';
import { type Outbox, type OutboxRow, toEnvelope } from './outbox';
import type { Transport } from './transport';

/** Attempts at publishing one row before it is set aside, so that it no longer holds back its subject. */
const MAX_PUBLISH_ATTEMPTS = 20;
const POLL_MS = 1_000;

/** One relay per service is active at a time, so that order holds with several replicas. */
const LOCK = `SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.outbox')) AS locked`;

export interface RelayOptions {
  service: ServiceName;
  database: Database;
  outbox: Outbox;
  transport: Transport;
  batchSize?: number;
}

/**
 * Moves committed events to the transport: kicked after a commit, polling each second as the net. A row is
 * deleted in the transaction that saw it published, so a crash publishes twice rather than never.
 */
export class OutboxRelay {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly options: RelayOptions) {
    this.logger = new Logger(`Outbox:${options.service}`);
  }

  start(): void {
    this.options.outbox.onAdded(() => this.kick());
    this.timer = setInterval(() => this.kick(), POLL_MS);
    this.kick();
  }

  kick(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.drain().finally(() => {
      this.running = undefined;
      if (this.again) {
        this.again = false;
        this.kick();
      }
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async drain(): Promise<void> {
    try {
      while (!this.stopped && this.options.transport.isReady && (await this.publishBatch()));
    } catch (error) {
      this.logger.warn({ err: error }, 'publishing failed; the rows stay and are tried again');
    }
  }

  /** @returns whether there may be more to publish right away */
  private async publishBatch(): Promise<boolean> {
    const { database, transport, batchSize = 100, service } = this.options;
    return database.system('outbox relay', async () => {
      const [lock] = await database.query<{ locked: boolean }>(LOCK);
      if (!lock?.locked) return false;
      const rows = await this.nextRows(batchSize);
      outboxBacklog.set({ service }, rows[0] ? (Date.now() - Date.parse(rows[0].headers.time)) / 1000 : 0);
      if (rows.length === 0) return false;
      const results = await transport.publish(rows.map(toEnvelope));
      const published = rows.filter((_row, index) => results[index] === undefined);
      if (published.length > 0) {
        await database.execute('DELETE FROM outbox WHERE id = ANY($1)', [published.map((row) => row.id)]);
      }
      for (const [index, row] of rows.entries()) {
        const failure = results[index];
        if (failure) await this.postpone(row, failure);
      }
      return published.length > 0 && rows.length === batchSize;
    });
  }

  /** The oldest rows whose subject has no earlier row waiting for another try. */
  private nextRows(limit: number): Promise<OutboxRow[]> {
    return this.options.database.query<OutboxRow>(
      `SELECT id, subject, type, attempts, payload, headers FROM outbox o
       WHERE next_at <= now() AND NOT EXISTS (
         SELECT 1 FROM outbox held WHERE held.attempts > 0 AND held.subject = o.subject AND held.id < o.id)
       ORDER BY id LIMIT $1`,
      [limit],
    );
  }

  private async postpone(row: OutboxRow, failure: Error): Promise<void> {
    const { database } = this.options;
    const attempts = row.attempts + 1;
    if (attempts < MAX_PUBLISH_ATTEMPTS) {
      await database.execute(
        `UPDATE outbox SET attempts = $2, last_error = $3, next_at = now() + $4 * interval '1 millisecond'
         WHERE id = $1`,
        [row.id, attempts, failure.message, Math.min(100 * 2 ** row.attempts, 30_000)],
      );
      return;
    }
    this.logger.error(
      { eventId: row.headers.id, type: row.type },
      'event cannot be published and is set aside',
    );
    await database.execute(
      `WITH dead AS (DELETE FROM outbox WHERE id = $1 RETURNING *)
       INSERT INTO outbox_dead (id, event_id, type, subject, tenant_id, payload, headers, attempts, reason, created_at)
       SELECT id, event_id, type, subject, tenant_id, payload, headers, $2, $3, created_at FROM dead`,
      [row.id, attempts, failure.message],
    );
  }
}
