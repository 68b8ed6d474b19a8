import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { Directory } from './directory';

/** When entries of suspended tenants are due: at no time that comes. JavaScript has no infinite date. */
export const HELD_UNTIL = '9999-12-31T00:00:00Z';

/** Which tenants are suspended. What comes in for them is written down, answered with regret, and waits. */
@Injectable()
export class TenantStandings {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Directory) private readonly directory: Directory,
  ) {}

  /** In the open transaction of the tenant. News older than what is known change nothing. */
  async record(tenantId: string, suspended: boolean, version: number): Promise<void> {
    const changed = await this.database.execute(
      `INSERT INTO tenant_standings (tenant_id, suspended, version) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id) DO UPDATE SET suspended = excluded.suspended, version = excluded.version
       WHERE tenant_standings.version < excluded.version`,
      [tenantId, suspended, version],
    );
    if (changed === 0) return;
    if (!suspended) await this.letGo(tenantId);
    this.database.afterCommit(() => this.directory.expireTenants());
  }

  /** In the order they came in: all are due at once, and equals go by their ids. */
  private async letGo(tenantId: string): Promise<void> {
    await this.database.execute(
      `UPDATE journal SET next_at = now(), last_error = NULL
       WHERE tenant_id = $1 AND status = 'deferred' AND next_at = $2`,
      [tenantId, HELD_UNTIL],
    );
  }
}
