import { Inject, Injectable } from '@nestjs/common';
import type { WebhookProvider } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { HELD_UNTIL } from '../tenancy/tenant-standings';

/** A worker that has not settled an entry by then is taken for dead, and another one tries. */
const LEASE_SECONDS = 20;

/** One entry in a worker's hands. `attempts` fences off whoever had it before. */
export interface Lease {
  readonly id: string;
  readonly provider: WebhookProvider;
  /** Null: an event of the platform's own account with the provider. */
  readonly tenantId: string | null;
  readonly subject: string | null;
  readonly attempts: number;
}

export interface LeasedBody {
  kind: string;
  contentType: string;
  path: string;
  body: Buffer;
  receivedAt: Date;
}

/** What is due in the journal, handed out once. */
@Injectable()
export class JournalQueue {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** The longest-waiting entries nobody works on. */
  lease(limit: number): Promise<Lease[]> {
    return this.database.system('journal worker', async () => {
      const rows = await this.database.query<Lease>(
        `WITH due AS (
           SELECT id FROM journal
           WHERE status IN ('received', 'processing', 'deferred') AND next_at <= now()
             AND NOT EXISTS (SELECT FROM erased_tenants e WHERE e.tenant_id = journal.tenant_id)
           ORDER BY next_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
         UPDATE journal j SET status = 'processing', attempts = attempts + 1,
           next_at = now() + interval '${LEASE_SECONDS} seconds'
         FROM due WHERE j.id = due.id
         RETURNING j.id, j.provider, j.tenant_id AS "tenantId", j.subject, j.attempts`,
        [limit],
      );
      return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  /** Seconds the oldest due entry has waited. */
  async lag(): Promise<number> {
    const [row] = await this.database.system('journal lag', () =>
      this.database.query<{ seconds: number | null }>(
        `SELECT extract(epoch FROM now() - min(next_at))::float8 AS seconds FROM journal
         WHERE status IN ('received', 'processing', 'deferred')`,
      ),
    );
    return Math.max(0, row?.seconds ?? 0);
  }

  /**
   * Settles an entry in the open transaction of its tenant, before its effects, so that the row stays locked.
   * @returns undefined when the lease was lost to another worker, or the tenant is suspended
   */
  async settle({ id, attempts }: Lease): Promise<LeasedBody | undefined> {
    const rows = await this.database.query<LeasedBody>(
      `UPDATE journal SET status = 'processed', processed_at = now(), last_error = NULL
       WHERE id = $1 AND status = 'processing' AND attempts = $2
         AND NOT EXISTS (SELECT FROM erased_tenants WHERE tenant_id = journal.tenant_id)
         AND NOT EXISTS (SELECT FROM tenant_standings s WHERE s.tenant_id = journal.tenant_id AND s.suspended)
       RETURNING kind, content_type AS "contentType", path, body, received_at AS "receivedAt"`,
      [id, attempts],
    );
    return rows[0];
  }

  /**
   * Lays an entry aside until its tenant is reactivated, in the open transaction of the tenant; the lock on its
   * standing makes sure that who reactivates finds it.
   * @returns false when the tenant is not suspended, or the lease was lost
   */
  async hold({ id, tenantId, attempts }: Lease): Promise<boolean> {
    const suspended = await this.database.query(
      'SELECT 1 FROM tenant_standings WHERE tenant_id = $1 AND suspended FOR SHARE',
      [tenantId],
    );
    if (suspended.length === 0) return false;
    const held = await this.database.execute(
      `UPDATE journal SET status = 'deferred', attempts = attempts - 1, next_at = $3, last_error = 'tenant suspended'
       WHERE id = $1 AND status = 'processing' AND attempts = $2`,
      [id, attempts, HELD_UNTIL],
    );
    return held === 1;
  }

  async markIgnored({ id }: Lease): Promise<void> {
    await this.database.execute(`UPDATE journal SET status = 'ignored' WHERE id = $1`, [id]);
  }

  /** @param retryInMs undefined: given up */
  async fail(
    { id, attempts, tenantId }: Lease,
    reason: string,
    retryInMs: number | undefined,
  ): Promise<void> {
    const work = (): Promise<number> =>
      this.database.execute(
        `UPDATE journal SET status = $3, last_error = $4,
           next_at = now() + coalesce($5::float8, 0) * interval '1 millisecond'
         WHERE id = $1 AND status = 'processing' AND attempts = $2`,
        [id, attempts, retryInMs === undefined ? 'dead' : 'received', reason, retryInMs ?? null],
      );
    await (tenantId ? this.database.forTenant(tenantId, work) : this.database.system('platform event', work));
  }

  /** Hands back what was not begun. */
  async release(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    await this.database.system('journal worker stops', () =>
      this.database.execute(
        `UPDATE journal j SET status = 'received', attempts = j.attempts - 1, next_at = now()
         FROM unnest($1::uuid[], $2::int[]) AS l(id, attempts)
         WHERE j.id = l.id AND j.attempts = l.attempts AND j.status = 'processing'`,
        [leases.map(({ id }) => id), leases.map(({ attempts }) => attempts)],
      ),
    );
  }
}
