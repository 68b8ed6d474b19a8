import { Injectable } from '@nestjs/common';
import { newId, type UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Books } from '../books/books';
import type { Period } from '../books/books.state';
import { isBilled } from '../catalogue/plan';
import { atBoundary } from '../subscriptions/subscription';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { SubscriptionNews } from '../subscriptions/subscription-news';
import type { MeterTerms, Terms } from '../subscriptions/terms';
import { TermsRepository } from '../subscriptions/terms.repository';

/** Opens and closes the stretches of time in which use is counted, and gives each its allowance once. */
@Injectable()
export class PeriodKeeper {
  constructor(
    private readonly database: Database,
    private readonly subscriptions: SubscriptionRepository,
    private readonly terms: TermsRepository,
    private readonly news: SubscriptionNews,
  ) {}

  /** Closes what is over and opens what is about to be used. Asks the database only when there is something. */
  async bringUpToDate(books: Books, meters: readonly UsageMeter[]): Promise<void> {
    const over = books.openPeriods().filter(({ periodEnd }) => periodEnd <= books.now);
    const missing = meters.filter((meter) => meter !== 'credits' && !books.period(meter));
    if (over.length === 0 && missing.length === 0) return;
    const terms = await this.passBoundaries(books);
    for (const period of over) books.closePeriod(period);
    await this.open(books, terms, [...over.map(({ meter }) => meter), ...missing]);
  }

  /** The subscription says something else now: its meters follow, the rest stays. */
  async follow(books: Books, terms: Terms, meters: readonly UsageMeter[]): Promise<void> {
    const toOpen: UsageMeter[] = [];
    for (const meter of meters) {
      const wanted = terms.of(meter);
      const open = books.period(meter);
      if (open && isSame(open, wanted)) {
        books.changePeriod(open, termsOf(wanted));
        await this.allow(books, open, wanted);
        continue;
      }
      if (open) books.closePeriod(open);
      if (open || wanted.subscriptionId) toOpen.push(meter);
    }
    await this.open(books, terms, toOpen);
  }

  private async passBoundaries(books: Books): Promise<Terms> {
    const { tenantId, now } = books;
    const before = await this.subscriptions.live(tenantId);
    const after = before.map((subscription) => atBoundary(subscription, now));
    const moved = after.filter((subscription, at) => subscription !== before[at]);
    for (const subscription of moved) await this.subscriptions.save(tenantId, subscription);
    const terms = await this.terms.under(after, now);
    if (moved.length > 0) await this.news.tellBoundaries(books, moved, terms);
    return terms;
  }

  private async open(books: Books, terms: Terms, meters: readonly UsageMeter[]): Promise<void> {
    for (const meter of new Set(meters)) {
      const wanted = terms.of(meter);
      const period = books.openPeriod({
        id: newId(),
        meter,
        periodStart: wanted.window.start,
        used: 0,
        billed: 0,
        topup: 0,
        told: 'under_limit',
        closedAt: null,
        ...termsOf(wanted),
      });
      await this.allow(books, period, wanted);
    }
  }

  /**
   * Once per subscription and start of period, whatever is closed and opened again: what was closed for a payment that
   * came late is opened with what was not used of it.
   */
  private async allow(books: Books, period: Period, { subscriptionId, window }: MeterTerms): Promise<void> {
    const key = `allowance:${subscriptionId ?? 'free'}:${period.meter}:${window.start.toISOString()}`;
    const granted = books.allowancesOf(period);
    const naturalKey = granted.length === 0 ? key : `${key}:${granted.length + 1}`;
    const [posted] = await this.database.query(
      'SELECT FROM ledger_transactions WHERE tenant_id = $1 AND natural_key = $2',
      [books.tenantId, naturalKey],
    );
    if (!posted) books.allow(period, naturalKey);
    else if (granted.length === 0) await this.allowRest(books, period, key);
  }

  private async allowRest(books: Books, period: Period, key: string): Promise<void> {
    const [earlier] = await this.database.query<{ count: number; used: number }>(
      `SELECT count(*)::float8 AS count, coalesce(sum(used), 0)::float8 AS used FROM usage_periods
       WHERE tenant_id = $1 AND meter = $2 AND subscription_id IS NOT DISTINCT FROM $3 AND period_start = $4
         AND closed_at IS NOT NULL AND id <> $5`,
      [books.tenantId, period.meter, period.subscriptionId, period.periodStart, period.id],
    );
    const { count = 0, used = 0 } = earlier ?? {};
    if (count === 0 || period.included === null || used >= period.included) return;
    books.allow(period, `${key}:again:${count}`, period.included - used);
  }
}

const isSame = (period: Period, { subscriptionId, window }: MeterTerms): boolean =>
  period.subscriptionId === subscriptionId && period.periodStart.getTime() === window.start.getTime();

const termsOf = ({ entitlement, window, subscriptionId }: MeterTerms) => ({
  periodEnd: window.end,
  subscriptionId,
  included: entitlement.included,
  noticePct: entitlement.noticePct,
  softPct: entitlement.softPct,
  hardPct: entitlement.hardPct,
  overage: entitlement.overage,
  overageBilled: isBilled(entitlement),
});
