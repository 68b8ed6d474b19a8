import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../books/bookkeeper';
import type { Books } from '../books/books';
import { sourceKeyOf, type UsageReport } from '../usage/usage';
import { ChargesRepository } from './charges.repository';

/** What was put right, as it was before. */
export interface Settled {
  readonly recorded: number | null;
  readonly posted: number;
}

/** Brings what a source was charged to what it used, in its record and in the ledger, by entries beside the old ones. */
@Injectable()
export class SettleUsage {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly charges: ChargesRepository,
  ) {}

  /**
   * Looks again under the lock: whatever is right by now, or known better here, stays. So it may be asked for any
   * number of times. Joins the open transaction of the tenant.
   */
  async settle(tenantId: string, report: UsageReport): Promise<Settled | undefined> {
    const sourceKey = sourceKeyOf(report);
    const { meter, occurredAt: usedAt } = report;
    const focus = { sourceKey, naturalKeys: [`${sourceKey}:usage`], meters: [meter], usedAt };
    return this.bookkeeper.change(tenantId, focus, undefined, async (books) => {
      const known = books.usage(report.meter);
      if (known && known.version > report.version) return undefined;
      const posted = await this.charges.posted(tenantId, sourceKey);
      if (known?.quantity === report.quantity && posted === report.quantity) return undefined;
      charge(books, report, posted);
      return { recorded: known?.quantity ?? null, posted };
    });
  }
}

function charge(books: Books, report: UsageReport, posted: number): void {
  const { sourceType, sourceId, meter, quantity, version, occurredAt, callId = null } = report;
  const { rawSeconds = null, providerCostCents = null, userId = null } = report;
  const sourceKey = sourceKeyOf(report);
  const hold = books.hold(sourceKey);
  if (hold) books.close(hold, 'posted');
  const facts = { sourceType, sourceId, rawSeconds, providerCostCents, userId, occurredAt };
  books.record(facts, meter, version, quantity);
  const units = quantity - posted;
  if (units === 0) return;
  const first = `${sourceKey}:usage`;
  const naturalKey = books.isPosted(first) ? `${first}:reconciled:${books.tenant.postings + 1}` : first;
  const kind = 'usage' as const;
  const description = `${report.description}: put right by reconciliation`;
  const reference = sourceKey;
  books.use({ sourceKey, meter, units, kind, naturalKey, description, callId, reference, occurredAt });
}
