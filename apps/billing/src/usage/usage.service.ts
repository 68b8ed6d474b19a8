import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../books/bookkeeper';
import type { Books } from '../books/books';
import { chargeFor, describe, isNews, sourceKeyOf, type UsageReport } from './usage';

/** The one door through which everything that is used comes. */
@Injectable()
export class Usage {
  constructor(private readonly bookkeeper: Bookkeeper) {}

  /**
   * Charges a source what it used, exactly once whatever is redelivered and in whatever order. What ran is billed
   * whole, though nothing is left to pay it (C-22). Joins the open transaction of the tenant.
   */
  async record(tenantId: string, report: UsageReport, causationId?: string): Promise<void> {
    const sourceKey = sourceKeyOf(report);
    const naturalKeys = [`${sourceKey}:usage`, `${sourceKey}:usage:correction:v${report.version}`];
    await this.bookkeeper.change(tenantId, { sourceKey, naturalKeys }, causationId, (books) =>
      recordUsage(books, report),
    );
  }
}

export function recordUsage(books: Books, report: UsageReport): void {
  const sourceKey = sourceKeyOf(report);
  const hold = books.hold(sourceKey);
  if (hold) books.close(hold, 'posted');
  const known = books.usage(report.meter);
  if (!isNews(report, known)) return;
  const charge = chargeFor(report, known);
  const { sourceType, sourceId, version, meter, quantity, occurredAt, callId = null } = report;
  const { rawSeconds = null, providerCostCents = null, userId = null } = report;
  const facts = { sourceType, sourceId, rawSeconds, providerCostCents, userId, occurredAt };
  books.record(facts, meter, version, quantity);
  if (!charge) return;
  const { units, naturalKey } = charge;
  const description = describe(report, units, known !== undefined);
  books.use({
    sourceKey,
    meter,
    units,
    kind: 'usage',
    naturalKey,
    description,
    callId,
    reference: sourceKey,
    occurredAt,
  });
}
