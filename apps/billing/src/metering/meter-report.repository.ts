import { Injectable } from '@nestjs/common';
import type { UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface MeterReport {
  readonly id: string;
  readonly meter: UsageMeter;
  readonly quantity: number;
  readonly usedAt: Date;
}

/** Subscriptions at Stripe whose plan bills a meter beyond what it includes, of a period `p`. */
const BILLED = `JOIN subscriptions s ON s.id = p.subscription_id AND s.source = 'stripe'
  JOIN plan_entitlements e ON e.plan_id = s.plan_id AND e.meter = p.meter AND e.overage AND e.overage_cents > 0`;

/** What nothing paid for, by the period it was used in, whatever became of the subscription since. */
const BEYOND = `grant_burns b
  JOIN usage_records u ON u.tenant_id = b.tenant_id AND u.meter = b.usage_meter
    AND u.source_type = split_part(b.source_key, ':', 1)
    AND u.source_id = substr(b.source_key, strpos(b.source_key, ':') + 1)
  JOIN usage_periods p ON p.id = u.period_id ${BILLED}
  WHERE b.cover = 'written_off' AND b.amount > b.returned`;

@Injectable()
export class MeterReportRepository {
  constructor(private readonly database: Database) {}

  /** Tenants with use that is to be billed, or reports that were not sent. In system scope. */
  async dueTenants(): Promise<string[]> {
    const rows = await this.database.query<{ tenantId: string }>(
      `SELECT b.tenant_id AS "tenantId" FROM grant_burns b
         JOIN usage_periods p ON p.tenant_id = b.tenant_id AND p.meter = b.usage_meter AND p.closed_at IS NULL ${BILLED}
         WHERE b.cover = 'overdraft' AND b.amount > b.returned
       UNION SELECT b.tenant_id FROM ${BEYOND} AND NOT EXISTS (SELECT FROM meter_reports r WHERE r.id = b.id)
       UNION SELECT tenant_id FROM meter_reports WHERE sent_at IS NULL`,
    );
    return rows.map(({ tenantId }) => tenantId);
  }

  async billedMeters(tenantId: string): Promise<UsageMeter[]> {
    const rows = await this.database.query<{ meter: UsageMeter }>(
      `SELECT p.meter FROM usage_periods p ${BILLED} WHERE p.tenant_id = $1 AND p.closed_at IS NULL`,
      [tenantId],
    );
    return rows.map(({ meter }) => meter);
  }

  /**
   * Writes down what is to be reported: what nothing paid for, once each. What belongs to a period that Stripe has
   * billed already is reported with the running one.
   */
  async collect(tenantId: string): Promise<void> {
    await this.database.execute(
      `INSERT INTO meter_reports (id, tenant_id, usage_record_id, meter, quantity, used_at)
       SELECT b.id, b.tenant_id, u.id, b.usage_meter, b.amount - b.returned, greatest(u.occurred_at, s.period_start)
       FROM ${BEYOND} AND b.tenant_id = $1
       ON CONFLICT (id) DO NOTHING`,
      [tenantId],
    );
  }

  unsent(tenantId: string): Promise<MeterReport[]> {
    return this.database.query<MeterReport>(
      `SELECT id, meter, quantity::float8 AS quantity, used_at AS "usedAt" FROM meter_reports
       WHERE tenant_id = $1 AND sent_at IS NULL ORDER BY created_at, id LIMIT 1000`,
      [tenantId],
    );
  }

  async sent(id: string): Promise<void> {
    await this.database.execute('UPDATE meter_reports SET sent_at = now() WHERE id = $1', [id]);
  }
}
