import { Injectable } from '@nestjs/common';
import { billedMinutes, newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { BilledUsage, CallUsage } from './usage';

/** What was used, beside what was paid for it. One row per source, holding the best that is known. */
@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  async findCall(tenantId: string, callId: string): Promise<BilledUsage | undefined> {
    const [row] = await this.database.query<{ version: string; minutes: string }>(
      `SELECT source_version AS version, quantity AS minutes FROM usage_records
       WHERE tenant_id = $1 AND source_type = 'call' AND source_id = $2 AND meter = 'minutes'`,
      [tenantId, callId],
    );
    return row && { version: Number(row.version), minutes: Number(row.minutes) };
  }

  async saveCall(tenantId: string, usage: CallUsage): Promise<void> {
    const { callId, version, seconds, providerCostCents, endedAt } = usage;
    await this.database.execute(
      `INSERT INTO usage_records (id, tenant_id, source_type, source_id, source_version, meter, quantity,
         raw_seconds, provider_cost_cents, occurred_at)
       VALUES ($1, $2, 'call', $3, $4, 'minutes', $5, $6, $7, $8)
       ON CONFLICT (tenant_id, source_type, source_id, meter) DO UPDATE SET
         source_version = excluded.source_version, quantity = excluded.quantity,
         raw_seconds = excluded.raw_seconds, provider_cost_cents = excluded.provider_cost_cents,
         occurred_at = excluded.occurred_at, updated_at = now()`,
      [newId(), tenantId, callId, version, billedMinutes(seconds), seconds, providerCostCents, endedAt],
    );
  }
}
