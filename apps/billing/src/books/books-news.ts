import { Inject, Injectable } from '@nestjs/common';
import {
  creditsChangedV1,
  creditsLowV1,
  opsAlertRaisedV1,
  standingChangedV1,
  type ThresholdLevel,
  usagePeriodResetV1,
  type UsageThresholdV1,
  usageThresholdV1,
} from '@parley/contracts';
import { Outbox, type Publication } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
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
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly outbox: Outbox,
  ) {}

  async tell(books: Books, causationId: string | undefined): Promise<void> {
    const { tenantId } = books;
    const publication = { subject: tenantId, tenantId, ...(causationId ? { causationId } : {}) };
    await this.tellCredits(books, publication);
    for (const period of books.ended) await this.tellReset(period, publication);
    for (const period of books.openPeriods()) await this.tellLevels(books, period, publication);
    await this.tellStanding(books, publication);
  }

  private async tellReset(period: Period, publication: Publication): Promise<void> {
    const { meter, used, included, periodStart, periodEnd } = period;
    const window = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
    await this.outbox.add(usagePeriodResetV1, { meter, used, included, ...window }, publication);
  }

  private async tellLevels(books: Books, period: Period, publication: Publication): Promise<void> {
    const { meter, used, periodStart, periodEnd } = period;
    for (const told of levelsToTell(period)) {
      const level = LEVEL_NAMES[told];
      if (!level) continue;
      const window = { periodStart: periodStart.toISOString(), periodEnd: periodEnd.toISOString() };
      const facts = { meter, level, used, included: limitOf(period) ?? 1, ...window };
      await this.outbox.add(usageThresholdV1, facts, publication);
      books.changePeriod(period, { told });
      if (level === 'hard') await this.alertHardStop(books, facts, publication);
    }
  }

  /** BR-044. */
  private async alertHardStop(
    { tenantId }: Books,
    facts: UsageThresholdV1,
    publication: Publication,
  ): Promise<void> {
    const { meter, used, included, periodStart } = facts;
    await this.outbox.add(
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

  /** Only what changed, and not before the tenant is known to exist: its free credits are on their way. */
  private async tellStanding(books: Books, publication: Publication): Promise<void> {
    const { tenant } = books;
    if (!tenant.openedAt) return;
    for (const { group, state, available } of standingsOf(books)) {
      if (tenant.standing[group] === state) continue;
      tenant.standing = { ...tenant.standing, [group]: state };
      const version = (tenant.standingVersion += 1);
      await this.outbox.add(standingChangedV1, { group, state, available, version }, publication);
    }
  }

  private async tellCredits(books: Books, publication: Publication): Promise<void> {
    const { tenant, transactions, now } = books;
    if (transactions.some(({ kind }) => kind === 'usage')) tenant.firstUsedAt ??= now;
    for (const { kind, callId, entries } of transactions) {
      const moved = entries.find(({ account }) => account === 'credits:wallet');
      if (!moved) continue;
      const { amount, balanceAfter } = moved;
      await this.outbox.add(
        creditsChangedV1,
        { amount, balance: balanceAfter ?? 0, kind, callId },
        publication,
      );
    }
    const threshold = this.config.LOW_CREDITS_THRESHOLD;
    const { balance } = books.wallet('credits');
    const notice = lowNotice({ ...tenant, balance }, threshold, now);
    tenant.lowNotifiedAt = notice.lowNotifiedAt;
    if (notice.due) await this.outbox.add(creditsLowV1, { balance, threshold }, publication);
  }
}

const LEVEL_NAMES: Readonly<Record<Level, ThresholdLevel | undefined>> = {
  under_limit: undefined,
  notice: 'notice',
  soft_limit: 'soft',
  hard_limit: 'hard',
};
