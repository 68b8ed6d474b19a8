import { Injectable } from '@nestjs/common';
import { CALL_DIRECTIONS, CALL_OUTCOMES, CALL_STATUSES, type CallCount } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Days } from '../daily/days';

/** What a call can have ended as. */
const TERMINAL = CALL_STATUSES.filter((status) => !['queued', 'ringing', 'in_progress'].includes(status));

export interface CallAggregate {
  readonly total: number;
  readonly seconds: number;
  readonly aiHandled: number;
  readonly booked: number;
  readonly costCents: number;
  readonly byStatus: CallCount[];
  readonly byDirection: CallCount[];
  readonly byOutcome: CallCount[];
}

interface GroupRow {
  grouped: 'all' | 'status' | 'direction' | 'outcome';
  key: string | null;
  calls: number;
  seconds: number;
  aiHandled: number;
  booked: number;
  costCents: number;
}

/** The calls of a range from every side, in one pass over the facts. */
@Injectable()
export class CallMetricsReadModel {
  constructor(private readonly database: Database) {}

  async aggregate(tenantId: string, { from, to }: Days): Promise<CallAggregate> {
    const rows = await this.database.query<GroupRow>(
      `SELECT CASE GROUPING(status, direction, outcome)
                WHEN 3 THEN 'status' WHEN 5 THEN 'direction' WHEN 6 THEN 'outcome' ELSE 'all' END AS grouped,
              coalesce(status, direction, outcome) AS key,
              count(*)::float8 AS calls,
              coalesce(sum(duration_seconds), 0)::float8 AS seconds,
              (count(*) FILTER (WHERE ai_handled))::float8 AS "aiHandled",
              (count(*) FILTER (WHERE outcome = 'booked'))::float8 AS booked,
              coalesce(sum(provider_cost_cents), 0)::float8 AS "costCents"
       FROM call_facts WHERE tenant_id = $1 AND date BETWEEN $2 AND $3
       GROUP BY GROUPING SETS ((), (status), (direction), (outcome))`,
      [tenantId, from, to],
    );
    const all = rows.find(({ grouped }) => grouped === 'all');
    const counted = (grouped: GroupRow['grouped'], keys: readonly (string | null)[]): CallCount[] =>
      keys.map((key) => ({
        key: key ?? 'unknown',
        calls: rows.find((row) => row.grouped === grouped && row.key === key)?.calls ?? 0,
      }));
    return {
      total: all?.calls ?? 0,
      seconds: all?.seconds ?? 0,
      aiHandled: all?.aiHandled ?? 0,
      booked: all?.booked ?? 0,
      costCents: all?.costCents ?? 0,
      byStatus: counted('status', TERMINAL),
      byDirection: counted('direction', CALL_DIRECTIONS),
      byOutcome: counted('outcome', [...CALL_OUTCOMES, null]),
    };
  }
}
