import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { Window } from '../periods/windows';
import type { SubscriberMonth } from './month-cost';

/** What a subscription was last in the month while somebody paid for it: not during a trial. */
const HELD = `(SELECT * FROM (
    SELECT *, lead(from_at, 1, 'infinity') OVER (ORDER BY from_at, id) AS until_at
    FROM subscription_history WHERE subscription_id = s.id) h
  WHERE from_at < $3 AND until_at > $2 AND status IN ('active', 'past_due') ORDER BY from_at DESC, id DESC LIMIT 1)`;

/** What paid for a record beside the allowance, and what nothing paid for. */
const PAID = `SELECT
    coalesce(sum(b.amount - b.returned) FILTER (WHERE b.cover IN ('overdraft', 'written_off') AND b.meter = b.usage_meter), 0) AS unpaid,
    coalesce(sum(b.amount - b.returned) FILTER (WHERE g.kind <> 'allowance'
      OR b.cover IN ('overdraft', 'written_off') AND b.meter <> b.usage_meter), 0) AS otherwise
  FROM grant_burns b LEFT JOIN grants g ON g.id = b.grant_id
  WHERE b.tenant_id = u.tenant_id AND b.source_key = u.source_type || ':' || u.source_id AND b.usage_meter = u.meter`;

/** A period that was closed and opened again is one. */
const METERS = `SELECT u.meter, p.period_start,
    coalesce(sum(u.quantity) FILTER (WHERE u.occurred_at < $2), 0) AS used_before,
    coalesce(sum(paid.otherwise) FILTER (WHERE u.occurred_at < $2), 0) AS otherwise_before,
    sum(u.quantity) AS used, sum(paid.otherwise) AS otherwise,
    coalesce(sum(paid.unpaid) FILTER (WHERE u.occurred_at >= $2), 0) AS unpaid
  FROM usage_periods p
  JOIN usage_records u ON u.tenant_id = p.tenant_id AND u.meter = p.meter AND u.period_id = p.id AND u.occurred_at < $3
  CROSS JOIN LATERAL (${PAID}) paid
  WHERE p.tenant_id = s.tenant_id AND p.subscription_id = s.id AND p.period_start < $3 AND p.period_end > $2
  GROUP BY u.meter, p.period_start`;

/** What the paying subscribers of a plan held and used in a month. */
@Injectable()
export class SubscriberUsage {
  constructor(private readonly database: Database) {}

  of(code: string, { start, end }: Window): Promise<SubscriberMonth[]> {
    return this.database.query<SubscriberMonth>(
      `SELECT held.plan_id AS "planId", held.interval, held.quantity,
         (SELECT coalesce(json_agg(json_build_object('meter', meter,
            'before', json_build_object('used', used_before, 'otherwise', otherwise_before),
            'through', json_build_object('used', used, 'otherwise', otherwise), 'unpaid', unpaid)), '[]')
          FROM (${METERS}) meters) AS meters
       FROM subscriptions s CROSS JOIN LATERAL ${HELD} held JOIN plans p ON p.id = held.plan_id
       WHERE s.source = 'stripe' AND p.code = $1`,
      [code, start, end],
    );
  }
}
