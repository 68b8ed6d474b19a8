import { Injectable } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { wakeEndpoint } from '../sending/wake.job';

/** Deliveries of a suspended tenant are written down as ever and not claimed; reactivated, they go out. */
@Injectable()
export class StandingService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /** In the open transaction of the tenant. News older than what is known change nothing. */
  async record(tenantId: string, suspended: boolean, version: number): Promise<void> {
    const changed = await this.database.execute(
      `INSERT INTO tenant_standings (tenant_id, suspended, version) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id) DO UPDATE SET suspended = excluded.suspended, version = excluded.version
       WHERE tenant_standings.version < excluded.version`,
      [tenantId, suspended, version],
    );
    if (changed === 1 && !suspended) await this.wakeWaiting(tenantId);
  }

  private async wakeWaiting(tenantId: string): Promise<void> {
    const waiting = await this.database.query<{ id: string }>(
      `SELECT p.id FROM webhook_endpoints p WHERE p.tenant_id = $1 AND p.status = 'active' AND EXISTS
         (SELECT FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.status IN ('pending', 'failed'))`,
      [tenantId],
    );
    for (const { id } of waiting) await this.jobs.enqueue(wakeEndpoint, { endpointId: id }, { tenantId });
  }
}
