import type { PaymentKind } from '@parley/contracts';
import type { Pack } from '../catalogue/catalogue.repository';
import type { PaymentFacts } from '../stripe/stripe-facts';
import { planNamed, readRef } from '../stripe/subscription-metadata';

export type PaymentState = PaymentFacts['state'];

/** Tries at a card after which a person decides: the first, and one more (BR-049). */
export const TRIES = 2;

/** What a payment was for. */
export interface Bought {
  readonly kind: PaymentKind;
  readonly offer: string | null;
  readonly pack: Pack | null;
  /** Packs. */
  readonly count: number;
}

/** Units that are lost with `lostCents` of what was paid: parts round down, so that all parts make the whole. */
export function unitsLost(quantity: number, lostCents: number, paidCents: number): number {
  if (paidCents <= 0) return 0;
  return Number((BigInt(quantity) * BigInt(Math.min(lostCents, paidCents))) / BigInt(paidCents));
}

/** What its metadata and invoice say a payment is for; nothing when it is not of our making. */
export function purposeOf({
  invoice,
  metadata,
}: Pick<PaymentFacts, 'invoice' | 'metadata'>): { kind: PaymentKind; offer: string | null } | undefined {
  const kind = metadata['kind'];
  if ((kind === 'topup' || kind === 'credits') && !invoice) return { kind, offer: metadata['pack'] ?? null };
  if (invoice?.subscriptionId) return { kind: 'subscription', offer: metadata['plan'] ?? null };
  return undefined;
}

/** A page for a subscription that was not paid yet: its payment is told of with the invoice. */
export const isUnfinishedPage = ({ state, metadata }: PaymentFacts): boolean =>
  state !== 'succeeded' && planNamed(metadata) !== undefined;

export const packRef = (offer: string | null) => readRef(offer ?? undefined);

/** Why a person has to look at a payment that went through; nothing when it is what was asked for. */
export function oddity({ amountCents, currency }: PaymentFacts, bought: Bought): string | undefined {
  if (bought.kind === 'subscription') return undefined;
  if (!bought.pack) return 'unknown_price';
  if (bought.pack.currency !== currency) return 'wrong_currency';
  return bought.pack.amountCents * bought.count === amountCents ? undefined : 'wrong_amount';
}

/** Whether trying the card again at once may help: nobody is there to do it. */
export function isRetriable({ invoice }: PaymentFacts, bought: Bought, decided: boolean): boolean {
  if (bought.kind !== 'subscription') return decided;
  return invoice?.status === 'open' && invoice.reason !== 'subscription_create';
}
