import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Subscription } from './subscription';

const COLUMNS = `id, external_id AS "externalId", source, product_line AS "productLine", plan_id AS "planId", status, live,
  interval, quantity, started_at AS "startedAt", period_start AS "periodStart", period_end AS "periodEnd",
  trial_end AS "trialEnd", cancel_at_period_end AS "cancelAtPeriodEnd", as_of AS "asOf"`;

/** Changed only while the tenant's books are locked. */
@Injectable()
export class SubscriptionRepository {
  constructor(private readonly database: Database) {}

  live(tenantId: string): Promise<Subscription[]> {
    return this.database.query<Subscription>(
      `SELECT ${COLUMNS} FROM subscriptions WHERE tenant_id = $1 AND live ORDER BY product_line`,
      [tenantId],
    );
  }

  async find(tenantId: string, externalId: string): Promise<Subscription | undefined> {
    const [found] = await this.database.query<Subscription>(
      `SELECT ${COLUMNS} FROM subscriptions WHERE tenant_id = $1 AND external_id = $2`,
      [tenantId, externalId],
    );
    return found;
  }

  async hadAny(tenantId: string, productLine: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM subscriptions WHERE tenant_id = $1 AND product_line = $2 LIMIT 1',
      [tenantId, productLine],
    );
    return rows.length > 0;
  }

  async save(tenantId: string, subscription: Subscription): Promise<void> {
    const s = subscription;
    await this.database.execute(
      `INSERT INTO subscriptions (tenant_id, id, external_id, source, product_line, plan_id, status, live, interval,
         quantity, started_at, period_start, period_end, trial_end, cancel_at_period_end, as_of)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT (id) DO UPDATE SET plan_id = excluded.plan_id, product_line = excluded.product_line,
         status = excluded.status, live = excluded.live, interval = excluded.interval, quantity = excluded.quantity,
         started_at = excluded.started_at, period_start = excluded.period_start, period_end = excluded.period_end,
         trial_end = excluded.trial_end, cancel_at_period_end = excluded.cancel_at_period_end,
         as_of = excluded.as_of, updated_at = now()`,
      [
        tenantId,
        s.id,
        s.externalId,
        s.source,
        s.productLine,
        s.planId,
        s.status,
        s.live,
        s.interval,
        s.quantity,
        s.startedAt,
        s.periodStart,
        s.periodEnd,
        s.trialEnd,
        s.cancelAtPeriodEnd,
        s.asOf,
      ],
    );
    await this.remember(tenantId, subscription);
  }

  /** What changed of it holds from now, what is new since it began. */
  private async remember(
    tenantId: string,
    { id, planId, status, interval, quantity, startedAt }: Subscription,
  ) {
    await this.database.execute(
      `INSERT INTO subscription_history (id, tenant_id, subscription_id, plan_id, status, interval, quantity, from_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, CASE WHEN last.id IS NULL THEN $8::timestamptz ELSE now() END
       FROM (SELECT) one LEFT JOIN LATERAL (
         SELECT * FROM subscription_history WHERE subscription_id = $3 ORDER BY from_at DESC, id DESC LIMIT 1) last ON true
       WHERE (last.plan_id, last.status, last.interval, last.quantity) IS DISTINCT FROM ($4::uuid, $5, $6, $7)`,
      [newId(), tenantId, id, planId, status, interval, quantity, startedAt],
    );
  }
}
