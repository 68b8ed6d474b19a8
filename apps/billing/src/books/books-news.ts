import { Inject, Injectable } from '@nestjs/common';
import { creditsChangedV1, creditsLowV1 } from '@parley/contracts';
import { Outbox, type Publication } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { lowNotice } from '../wallet/wallet';
import type { Books } from './books';

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
