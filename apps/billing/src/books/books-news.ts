import { Inject, Injectable } from '@nestjs/common';
import {
  creditsChangedV1,
  creditsLowV1,
  type EventDefinition,
  opsAlertRaisedV1,
  standingChangedV1,
  type ThresholdLevel,
  usagePeriodResetV1,
  type UsageThresholdV1,
  usageThresholdV1,
} from '@parley/contracts';
import { Outbox, type Publication } from '@parley/messaging';
import { LiveConfig } from '@parley/platform';
import type { BillingConfig } from '../config';
import { levelsToTell, limitOf } from '../periods/level';
import { isOutdated, promisable, standingsOf } from '../standing/standing';
import { lowNotice } from '../wallet/wallet';
import type { Books } from './books';
import type { Level, Period, Transaction } from './books.state';

/** Tells the platform what a change of the books means, in the same transaction. */
@Injectable()
export class BooksNews {
  constructor(
    @Inject(LiveConfig) private readonly live: LiveConfig<BillingConfig>,
    private readonly outbox: Outbox,
  ) {}

  /** The changes are about to be stored: their events leave after the commit. */
  sendAfterCommit(books: readonly Books[]): void {
    if (books.some(({ events }) => events.length > 0)) this.outbox.kickAfterCommit();
  }

  tell(books: Books, causationId: string | undefined): void {
    const { tenantId } = books;
    const publication = { subject: tenantId, tenantId, ...(causationId ? { causationId } : {}) };
    const { transactions, ended } = books.takeUntold();
    this.tellCredits(books, transactions, publication);
    for (const period of ended) this.tellReset(books, period, publication);
    for (const period of books.openPeriods()) this.tellLevels(books, period, publication);
    this.tellStanding(books, publication);
  }

  private tellReset(books: Books, period: Period, publication: Publication): void {
    const { meter, used, included, periodStart, periodEnd } = period;
    const window = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
    this.say(books, usagePeriodResetV1, { meter, used, included, ...window }, publication);
  }

  private tellLevels(books: Books, period: Period, publication: Publication): void {
    const { meter, used, periodStart, periodEnd } = period;
    for (const told of levelsToTell(period, books.available(meter))) {
      const level = LEVEL_NAMES[told];
      if (!level) continue;
      const window = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
      const facts = { meter, level, used, included: limitOf(period) ?? 1, ...window };
      this.say(books, usageThresholdV1, facts, publication);
      books.changePeriod(period, { told });
      if (level === 'hard') this.alertHardStop(books, facts, publication);
    }
  }

  /** BR-044. */
  private alertHardStop(books: Books, facts: UsageThresholdV1, publication: Publication): void {
    const { tenantId } = books;
    const { meter, used, included, periodStart } = facts;
    this.say(
      books,
      opsAlertRaisedV1,
      {
        kind: 'usage_hard_stop',
        severity: 'critical',
        tenantId,
        message: 'User exceeded usage limit',
        details: { meter, used, included, periodStart },
        dedupeKey: `usage_hard_stop:${tenantId}:${meter}:${periodStart}`,
      },
      publication,
    );
  }

  /** What changed and matters, and calls just counted; not before the free credits of a tenant are there. */
  private tellStanding(books: Books, publication: Publication): void {
    const { tenant } = books;
    const counted = books.takeStarted();
    if (!tenant.openedAt) return;
    for (const now of standingsOf(books)) {
      const { group, state } = now;
      const perStart = group === 'voice' ? this.live.get('CALL_HOLD_MINUTES') : undefined;
      const starts = group === 'voice' ? counted : [];
      if (starts.length === 0 && !isOutdated(tenant.standing[group], now, perStart)) continue;
      const available = perStart === undefined ? now.available : promisable(now.available, perStart);
      tenant.standing = { ...tenant.standing, [group]: { state, available } };
      const version = (tenant.standingVersion += 1);
      const told = { group, state, available, version, ...(perStart === undefined ? {} : { perStart }) };
      const facts = starts.length > 0 ? { ...told, counted: starts } : told;
      this.say(books, standingChangedV1, facts, publication);
    }
  }

  /** Stored with the change itself. */
  private say<Payload extends object>(
    books: Books,
    event: EventDefinition<Payload>,
    payload: Payload,
    publication: Publication,
  ): void {
    books.events.push(this.outbox.draft(event, payload, publication));
  }

  private tellCredits(books: Books, transactions: readonly Transaction[], publication: Publication): void {
    const { tenant, now } = books;
    if (transactions.some(({ kind }) => kind === 'usage')) tenant.firstUsedAt ??= now;
    for (const { kind, callId, entries } of transactions) {
      const moved = entries.find(({ account }) => account === 'credits:wallet');
      if (!moved) continue;
      const { amount, balanceAfter } = moved;
      this.say(books, creditsChangedV1, { amount, balance: balanceAfter ?? 0, kind, callId }, publication);
    }
    const threshold = this.live.get('LOW_CREDITS_THRESHOLD');
    const { balance } = books.wallet('credits');
    const notice = lowNotice({ ...tenant, balance }, threshold, now);
    tenant.lowNotifiedAt = notice.lowNotifiedAt;
    if (notice.due) this.say(books, creditsLowV1, { balance, threshold }, publication);
  }
}

const LEVEL_NAMES: Readonly<Record<Level, ThresholdLevel | undefined>> = {
  under_limit: undefined,
  notice: 'notice',
  soft_limit: 'soft',
  hard_limit: 'hard',
};
