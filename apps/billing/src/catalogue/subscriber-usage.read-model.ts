import { Injectable } from '@nestjs/common';
import type { PriceInterval } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Window } from '../periods/windows';

export interface SubscriberMonth {
  readonly planId: string;
  readonly interval: PriceInterval;
  /** Units by meter. */
  readonly used: ReadonlyMap<string, number>;
}

/** What the subscribers of a plan used in a month, from the usage records. */
@Injectable()
export class SubscriberUsage {
  constructor(private readonly database: Database) {}

  async of(code: string, { start, end }: Window): Promise<SubscriberMonth[]> {
    const rows = await this.database.query<{
      planId: string;
      interval: PriceInterval;
      used: Record<string, number>;
    }>(
      `SELECT s.plan_id AS "planId", s.interval,
         (SELECT coalesce(json_object_agg(meter, used), '{}') FROM (
            SELECT meter, sum(quantity) AS used FROM usage_records u
            WHERE u.tenant_id = s.tenant_id AND u.occurred_at >= $2 AND u.occurred_at < $3 GROUP BY meter) u) AS used
       FROM subscriptions s JOIN plans p ON p.id = s.plan_id
       WHERE p.code = $1 AND s.live AND s.started_at < $3`,
      [code, start, end],
    );
    return rows.map((row) => ({ ...row, used: new Map(Object.entries(row.used)) }));
  }
}
