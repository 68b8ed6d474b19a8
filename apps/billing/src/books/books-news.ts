import { Inject, Injectable } from '@nestjs/common';
import {
  creditsChangedV1,
  creditsLowV1,
  type EventDefinition,
  standingChangedV1,
  type ThresholdLevel,
  usagePeriodResetV1,
  usageThresholdV1,
} from '@parley/contracts';
import { Outbox, type Publication } from '@parley/messaging';
import { LiveConfig } from '@parley/platform';
import type { BillingConfig } from '../config';
import { levelsToTell, limitOf } from '../periods/level';
import { standingsOf } from '../standing/standing';
import { lowNotice } from '../wallet/wallet';
import type { Books } from './books';
import type { Level, Period } from './books.state';

/** Tells the platform what a change of the books means, in the same transaction. */
@Injectable()
export class BooksNews {
  constructor(
    @Inject(LiveConfig) private readonly live: LiveConfig<BillingConfig>,
    private readonly outbox: Outbox,
  ) {}

  tell(books: Books, causationId: string | undefined): void {
    const { tenantId } = books;
    const publication = { subject: tenantId, tenantId, ...(causationId ? { causationId } : {}) };
    this.tellCredits(books, publication);
    for (const period of books.ended) this.tellReset(books, period, publication);
    for (const period of books.openPeriods()) this.tellLevels(books, period, publication);
    this.tellStanding(books, publication);
    if (books.events.length > 0) this.outbox.kickAfterCommit();
  }

  private tellReset(books: Books, period: Period, publication: Publication): void {
    const { meter, used, included, periodStart, periodEnd } = period;
    const window = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
    this.say(books, usagePeriodResetV1, { meter, used, included, ...window }, publication);
  }

  private tellLevels(books: Books, period: Period, publication: Publication): void {
    const { meter, used, periodStart, periodEnd } = period;
    for (const told of levelsToTell(period)) {
      const level = LEVEL_NAMES[told];
      if (!level) continue;
      const window = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
      const facts = { meter, level, used, included: limitOf(period) ?? 1, ...window };
      this.say(books, usageThresholdV1, facts, publication);
      books.changePeriod(period, { told });
    }
  }

  /** Only what changed, and not before the tenant is known to exist: its free credits are on their way. */
  private tellStanding(books: Books, publication: Publication): void {
    const { tenant } = books;
    if (!tenant.openedAt) return;
    for (const { group, state, available } of standingsOf(books)) {
      if (tenant.standing[group] === state) continue;
      tenant.standing = { ...tenant.standing, [group]: state };
      const version = (tenant.standingVersion += 1);
      this.say(books, standingChangedV1, { group, state, available, version }, publication);
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

  private tellCredits(books: Books, publication: Publication): void {
    const { tenant, transactions, now } = books;
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
