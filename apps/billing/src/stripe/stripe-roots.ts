import type { StripeReceivedV1 } from '@parley/contracts';

/** What is fetched and applied as a whole. */
export const ROOT_KINDS = [
  'session',
  'subscription',
  'invoice',
  'payment',
  'charge',
  'refund',
  'dispute',
] as const;
export type RootKind = (typeof ROOT_KINDS)[number];

export interface Root {
  readonly kind: RootKind;
  readonly id: string;
}

/** First match wins. */
const KINDS: readonly (readonly [string, RootKind])[] = [
  ['checkout.session.', 'session'],
  ['customer.subscription.', 'subscription'],
  ['invoice.', 'invoice'],
  ['payment_intent.', 'payment'],
  ['charge.dispute.', 'dispute'],
  ['charge.refund.', 'refund'],
  ['refund.', 'refund'],
  ['charge.', 'charge'],
];

/** What to look at again because of an event; nothing for those that change nothing here. Knows thin events' names too. */
export function rootOf({ type, object }: Pick<StripeReceivedV1, 'type' | 'object'>): Root | undefined {
  const name = type.replace(/^v1\./, '');
  const kind = KINDS.find(([prefix]) => name.startsWith(prefix))?.[1];
  const id = object['id'];
  return kind && typeof id === 'string' && id !== '' ? { kind, id } : undefined;
}

export function customerIn(object: Readonly<Record<string, unknown>>): string | null {
  const customer = object['customer'];
  return typeof customer === 'string' && customer !== '' ? customer : null;
}
