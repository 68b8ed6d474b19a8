import { FUNDING, type PaymentRequired, type UsageMeter } from '@parley/contracts';
import type { Books } from '../books/books';
import { CreditsExhausted, PlanRequired, UsageExceeded, UsagePaused } from './hold.errors';

/** Why `units` more of a meter cannot be promised; undefined when they can. */
export function refusalOf(books: Books, meter: UsageMeter, units: number): PaymentRequired | undefined {
  if (books.tenant.pausedAt) return new UsagePaused();
  if (books.available(meter) >= units) return undefined;
  const included = books.period(meter)?.included ?? 0;
  if (included > 0) return new UsageExceeded(meter);
  return FUNDING[meter].includes('credits') ? new CreditsExhausted() : new PlanRequired(meter);
}
