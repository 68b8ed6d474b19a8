import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { isUnknownAtStripe } from '../stripe/stripe.errors';
import { StripeClient } from '../stripe/stripe.client';
import { StripeReader } from '../stripe/stripe.reader';
import type { PaymentFacts } from '../stripe/stripe-facts';

/** Money that one payment brought to Stripe's balance, before fees, over its whole life. */
export interface StripeCash {
  readonly facts: PaymentFacts;
  readonly cents: number;
  /** When it last moved. */
  readonly movedAt: Date;
}

export interface BalancePage {
  /** Payments whose money moved. */
  readonly payments: readonly string[];
  readonly moved: number;
  readonly cursor: string | null;
}

/** Stripe's balance, as movements of money and what they belong to. */
@Injectable()
export class StripeCashReader {
  constructor(
    private readonly client: StripeClient,
    private readonly reader: StripeReader,
  ) {}

  /** Movements of a stretch of time, newest first. Those of no payment, such as payouts and fees, are left out. */
  async page(from: Date, before: Date, cursor: string | null, limit: number): Promise<BalancePage> {
    const created = { gte: seconds(from), lt: seconds(before) };
    const { data, has_more: more } = await this.client.ask((stripe) =>
      stripe.balanceTransactions.list({ created, limit, ...(cursor ? { starting_after: cursor } : {}) }),
    );
    const payments = new Set<string>();
    for (const { source } of data) {
      const id = typeof source === 'string' ? source : source?.id;
      const kind = id && KINDS.find(([prefix]) => id.startsWith(prefix))?.[1];
      const payment = kind ? await this.reader.paymentBehind(kind, id) : null;
      if (payment) payments.add(payment);
    }
    return { payments: [...payments], moved: data.length, cursor: more ? (data.at(-1)?.id ?? null) : null };
  }

  /** Nothing when Stripe does not know the payment. */
  async of(payment: string): Promise<StripeCash | undefined> {
    try {
      const facts = await this.reader.payment(payment);
      const sources = [facts.chargeId, ...[...facts.refunds, ...facts.disputes].map(({ id }) => id)];
      const moved: Stripe.BalanceTransaction[] = [];
      for (const source of sources) if (source) moved.push(...(await this.movements(source)));
      const latest = Math.max(0, ...moved.map(({ created }) => created));
      return { facts, cents: centsOf(facts, moved), movedAt: new Date(latest * 1_000) };
    } catch (error) {
      if (isUnknownAtStripe(error)) return undefined;
      throw error;
    }
  }

  private movements(source: string): Promise<Stripe.BalanceTransaction[]> {
    return this.client.all((stripe, page) => stripe.balanceTransactions.list({ source, ...page }));
  }
}

const KINDS: readonly (readonly [string, 'charge' | 'refund' | 'dispute'])[] = [
  ['ch_', 'charge'],
  ['py_', 'charge'],
  ['re_', 'refund'],
  ['pyr_', 'refund'],
  ['dp_', 'dispute'],
  ['du_', 'dispute'],
];

const seconds = (at: Date): number => Math.floor(at.getTime() / 1_000);

/** Where the balance is in another currency than the payment, its cents say nothing about ours: the facts do. */
function centsOf(facts: PaymentFacts, moved: readonly Stripe.BalanceTransaction[]): number {
  if (moved.every(({ currency }) => currency.toUpperCase() === facts.currency))
    return moved.reduce((sum, { amount }) => sum + amount, 0);
  const came = facts.state === 'succeeded' ? facts.amountCents : 0;
  const refunded = facts.refunds.filter(({ state }) => state !== 'failed');
  const disputed = facts.disputes.filter(({ state, moneyMoved }) => moneyMoved && state !== 'won');
  return [...refunded, ...disputed].reduce((left, { amountCents }) => left - amountCents, came);
}
