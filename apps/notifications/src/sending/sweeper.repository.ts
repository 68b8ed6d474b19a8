import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { firstIdAt } from '../deliveries/id-range';

export interface OverdueEndpoint {
  readonly id: string;
  readonly tenantId: string;
}

/** Rows of all tenants: use in system scope. */
@Injectable()
export class SweeperRepository {
  constructor(private readonly database: Database) {}

  /** Gives back what a process took and never finished; the attempt will be made again under its number. */
  releaseAbandoned(olderThanMs: number): Promise<number> {
    return this.database.execute(
      `UPDATE webhook_deliveries
       SET status = 'pending', attempts = attempts - 1, claimed_at = NULL, next_attempt_at = now()
       WHERE status = 'delivering' AND claimed_at < now() - $1 * interval '1 millisecond'`,
      [olderThanMs],
    );
  }

  /** Endpoints that should have been served by now, whoever lost the job. */
  overdue(byMs: number): Promise<OverdueEndpoint[]> {
    return this.database.query<OverdueEndpoint>(
      `SELECT DISTINCT p.id, p.tenant_id AS "tenantId"
       FROM webhook_deliveries d JOIN webhook_endpoints p ON p.id = d.endpoint_id
       WHERE d.status IN ('pending', 'failed') AND d.next_attempt_at <= now() - $1 * interval '1 millisecond'
         AND p.status = 'active' AND (p.resting_until IS NULL OR p.resting_until < now())
         AND NOT EXISTS (SELECT FROM tenant_standings s WHERE s.tenant_id = p.tenant_id AND s.suspended)
       LIMIT 1000`,
      [byMs],
    );
  }

  /** @returns how many deliveries were removed, at most `limit` */
  removeDeliveries(before: Date, limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM webhook_deliveries WHERE id IN (
         SELECT id FROM webhook_deliveries WHERE id < $1 LIMIT $2)`,
      [firstIdAt(before), limit],
    );
  }

  removeEventsNobodyWaitsFor(before: Date): Promise<number> {
    return this.database.execute(
      `DELETE FROM webhook_events e WHERE e.created_at < $1 AND NOT EXISTS (
         SELECT FROM webhook_deliveries d WHERE d.tenant_id = e.tenant_id AND d.event_id = e.id)`,
      [before],
    );
  }
}
