import { Inject, Injectable } from '@nestjs/common';
import type { UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { Books } from '../books/books';
import type { Grant, Period } from '../books/books.state';
import type { Focus } from '../books/focus';
import type { BillingConfig } from '../config';
import { beginningOf, isSameStretch, periodOpenAt } from './period-open-at';

const DAY_MS = 86_400_000;

const PERIOD = `SELECT id, meter, period_start AS "periodStart", period_end AS "periodEnd",
    subscription_id AS "subscriptionId", included::float8 AS included, topup::float8 AS topup, used::float8 AS used,
    billed::float8 AS billed, notice_pct AS "noticePct", soft_pct AS "softPct", hard_pct AS "hardPct", overage,
    overage_billed AS "overageBilled", told,
    closed_at AS "closedAt" FROM usage_periods`;

/** The allowance of a period, and what of each part of it lapsed. */
const ALLOWANCE = `SELECT id, meter, kind, priority, quantity::float8 AS quantity, remaining::float8 AS remaining,
    revoked::float8 AS revoked, expires_at AS "expiresAt", source_key AS "sourceKey", granted_at AS "grantedAt",
    period_id AS "periodId", greatest(0, quantity - revoked - remaining - coalesce(
      (SELECT sum(amount - returned) FROM grant_burns WHERE grant_id = g.id), 0))::float8 AS lapsed
  FROM grants g WHERE period_id = $1`;

/** Finds the period in which something happened that is told after it was over. */
@Injectable()
export class PastPeriods {
  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
  ) {}

  /**
   * What is told later than reconciliation looks back counts in the running period. Asks the database only about what
   * happened before that one began.
   */
  async place(books: Books, { sourceKey, meters: [meter] = [], usedAt }: Focus): Promise<void> {
    if (!sourceKey || !meter || !usedAt) return;
    if (usedAt.getTime() < books.now.getTime() - this.config.RECONCILIATION_DAYS * DAY_MS) return;
    const period = await this.pastPeriod(books, sourceKey, meter, usedAt);
    if (!period) return;
    if (!books.state.periods.includes(period)) books.state.periods.push(period);
    if (!books.past.isKnown(period)) await this.recall(books, period);
    books.past.place(sourceKey, period);
  }

  private async pastPeriod(
    books: Books,
    sourceKey: string,
    meter: UsageMeter,
    usedAt: Date,
  ): Promise<Period | undefined> {
    const open = books.period(meter);
    const known = books.usage(meter, sourceKey);
    const counted = known && books.state.periods.find(({ id }) => id === known.periodId);
    if (known && !counted?.closedAt) return undefined;
    // What was counted stays where it was, whatever is said of its time.
    const at = counted?.periodStart ?? usedAt;
    if (!counted && open && at >= beginningOf(open)) return undefined;
    const stretches = await this.stretches(books, meter, at);
    const own = counted ? stretches.filter((each) => isSameStretch(each, counted)) : stretches;
    return periodOpenAt(own, at, open);
  }

  private async stretches({ tenantId, state }: Books, meter: UsageMeter, at: Date): Promise<Period[]> {
    const stored = await this.database.query<Period>(
      `${PERIOD} WHERE tenant_id = $1 AND meter = $2 AND period_start <= $3 AND period_end > $3`,
      [tenantId, meter, at],
    );
    // What was closed since the books were locked is closed there only.
    return stored.map((period) => state.periods.find(({ id }) => id === period.id) ?? period);
  }

  private async recall(books: Books, period: Period): Promise<void> {
    const rows = await this.database.query<Grant & { lapsed: number }>(ALLOWANCE, [period.id]);
    const { grants } = books.state;
    for (const { lapsed: _lapsed, ...grant } of rows)
      if (!grants.some(({ id }) => id === grant.id)) grants.push(grant);
    books.past.know(
      period,
      rows.map(({ id, lapsed: units }) => ({ id, units })),
    );
  }
}
