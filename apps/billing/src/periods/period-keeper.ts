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
   * Brings the allowance to what the plan includes, less what was used of it before: however often a period is closed
   * and opened again, as for a payment that came late, it is given once per subscription and start of period.
   */
  private async allow(books: Books, period: Period, { subscriptionId, window }: MeterTerms): Promise<void> {
    const first = `allowance:${subscriptionId ?? 'free'}:${period.meter}:${window.start.toISOString()}`;
    const { posted, burnt } = await this.given(books, period, first);
    const again = `${first}:${period.id}:${books.allowancesOf(period).length + 1}`;
    books.allow(period, posted ? again : first, Math.max(0, (period.included ?? 0) - burnt));
  }

  /** Whether its allowance was given before, and what was burnt of it, and not taken back, while it was open earlier. */
  private async given(
    books: Books,
    { id, meter, subscriptionId, periodStart }: Period,
    naturalKey: string,
  ): Promise<{ posted: boolean; burnt: number }> {
    const [given] = await this.database.query<{ posted: boolean; burnt: number }>(
      `SELECT EXISTS (SELECT FROM ledger_transactions WHERE tenant_id = $1 AND natural_key = $2) AS posted,
         (SELECT coalesce(sum(least(g.quantity - g.revoked, b.units)), 0)::float8 FROM usage_periods p
            JOIN grants g ON g.period_id = p.id
            CROSS JOIN LATERAL (SELECT sum(amount - returned) AS units FROM grant_burns WHERE grant_id = g.id) b
            WHERE p.tenant_id = $1 AND p.meter = $3 AND p.subscription_id IS NOT DISTINCT FROM $4
              AND p.period_start = $5 AND p.id <> $6 AND b.units > 0) AS burnt`,
      [books.tenantId, naturalKey, meter, subscriptionId, periodStart, id],
    );
    return { posted: given?.posted || books.isPosted(naturalKey), burnt: given?.burnt ?? 0 };
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
