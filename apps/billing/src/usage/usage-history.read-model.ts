import { Injectable } from '@nestjs/common';
import {
  Invalid,
  MAX_HISTORY_DAYS,
  PLAN_METERS,
  type UsageHistory,
  type UsageHistoryRequest,
  type UsageMeter,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { tenantOfCaller } from '../tenant-of-caller';

interface DayRow {
  day: string;
  meter: UsageMeter;
  quantity: string;
  sources: string;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/** Use by day, as it is known now. */
@Injectable()
export class UsageHistoryReadModel {
  constructor(private readonly database: Database) {}

  async history({ meter, ...days }: UsageHistoryRequest): Promise<UsageHistory> {
    const tenantId = tenantOfCaller();
    const { from, to } = rangeOf(days);
    const rows = await this.database.tenant(() =>
      this.database.query<DayRow>(
        `SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, meter,
           sum(quantity) AS quantity, count(*) AS sources
         FROM usage_records WHERE tenant_id = $1 AND meter = ANY($2) AND occurred_at >= $3 AND occurred_at < $4
         GROUP BY 1, 2 ORDER BY 1, 2`,
        [tenantId, meter ? [meter] : PLAN_METERS, from, new Date(to.getTime() + DAY_MS)],
      ),
    );
    return {
      days: rows.map((row) => ({ ...row, quantity: Number(row.quantity), sources: Number(row.sources) })),
    };
  }
}

/** @throws Invalid when it ends before it begins, or is too long */
function rangeOf({ from: first, to: last }: Pick<UsageHistoryRequest, 'from' | 'to'>): {
  from: Date;
  to: Date;
} {
  const to = new Date(last ?? new Date().toISOString().slice(0, 10));
  const from = first ? new Date(first) : new Date(to.getTime() - DEFAULT_DAYS * DAY_MS);
  const days = (to.getTime() - from.getTime()) / DAY_MS + 1;
  if (days < 1)
    throw new Invalid('Invalid input: from', [{ field: 'from', message: 'must not be after `to`' }]);
  if (days > MAX_HISTORY_DAYS) {
    const message = `must be at most ${MAX_HISTORY_DAYS} days before \`to\``;
    throw new Invalid('Invalid input: from', [{ field: 'from', message }]);
  }
  return { from, to };
}
