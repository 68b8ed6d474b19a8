import type { Books } from '../books/books';
import { chargeFor, describe, isNews, sourceKeyOf, type UsageReport } from './usage';

/** Charges a source what it is known to have used now; ends its hold. */
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
