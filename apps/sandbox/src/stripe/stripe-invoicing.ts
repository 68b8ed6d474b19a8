import { addInterval, DAY_SECONDS, type StripeClock } from './stripe-clock';
import type { StripeEvents } from './stripe-events';
import { invalid } from './stripe-errors';
import {
  type Invoice,
  type InvoiceLine,
  listOf,
  newStripeId,
  type PaymentIntent,
  type Price,
  type Subscription,
  type SubscriptionItem,
} from './stripe-objects';
import type { StripePayments } from './stripe-payments';
import type { PendingLine, StripeStore } from './stripe-store';

/** Days after a failed attempt at which the next one is made; after the last the subscription ends. */
export const RETRY_DAYS = [3, 5, 7] as const;

type Reason = Invoice['billing_reason'];

/** What a subscription owes, and collecting it. */
export class StripeInvoicing {
  private numbered = 0;

  constructor(
    private readonly store: StripeStore,
    private readonly clock: StripeClock,
    private readonly events: StripeEvents,
    private readonly payments: StripePayments,
  ) {}

  /** Lines of the period that begins now; what was used in the one that ended comes with them. */
  cycleLines(subscription: Subscription, used?: { start: number; end: number }): PendingLine[] {
    const pending = this.store.pendingLines.get(subscription.id) ?? [];
    this.store.pendingLines.delete(subscription.id);
    const items = subscription.items.data.flatMap((item) => {
      if (item.price.recurring?.usage_type !== 'metered') {
        const period = { start: item.current_period_start, end: item.current_period_end };
        return [lineOf(subscription, item, (item.price.unit_amount ?? 0) * (item.quantity ?? 1), period)];
      }
      return used ? [this.meteredLine(subscription, item, used)] : [];
    });
    return [...pending, ...items];
  }

  /** What was used of metered prices, by itself. */
  usedLines(subscription: Subscription, used: { start: number; end: number }): PendingLine[] {
    return subscription.items.data
      .filter(({ price }) => price.recurring?.usage_type === 'metered')
      .map((item) => this.meteredLine(subscription, item, used));
  }

  /** What changing to `items` now gives back and costs, to the second. */
  prorationLines(subscription: Subscription, items: readonly SubscriptionItem[], at: number): PendingLine[] {
    const before = subscription.items.data.map((item) => this.proration(subscription, item, at, -1));
    const after = items.map((item) => this.proration(subscription, item, at, 1));
    return [...before, ...after].filter((line) => line !== undefined);
  }

  /** Drafts, finalises and, when anything is due, charges. */
  bill(subscription: Subscription, reason: Reason, lines: readonly PendingLine[]): Invoice {
    const invoice = this.draft(subscription, reason, lines);
    this.events.emit('invoice.created', invoice);
    invoice.status = 'open';
    invoice.status_transitions.finalized_at = this.clock.nowFor(invoice.customer);
    const customer = this.store.customers.get(invoice.customer);
    customer.balance = invoice.ending_balance ?? customer.balance;
    subscription.latest_invoice = invoice.id;
    this.events.emit('invoice.finalized', invoice);
    this.collect(invoice);
    return invoice;
  }

  /** One attempt at an open invoice. @returns whether it is paid */
  collect(invoice: Invoice, methodId?: string): boolean {
    if (invoice.status !== 'open') throw invalid(`Invoice is ${invoice.status}.`, 'invoice');
    invoice.attempted = true;
    if (invoice.amount_due === 0) {
      this.markPaid(invoice);
      return true;
    }
    const subscription = this.subscriptionOf(invoice);
    const card =
      methodId ?? subscription?.default_payment_method ?? this.payments.defaultCardOf(invoice.customer);
    invoice.attempt_count += 1;
    const intent = this.intentOf(invoice);
    if (this.payments.attempt(intent, card)) {
      this.markPaid(invoice, intent);
      return true;
    }
    const retry = RETRY_DAYS[invoice.attempt_count - 1];
    invoice.next_payment_attempt =
      retry === undefined || invoice.billing_reason === 'subscription_create'
        ? null
        : this.clock.nowFor(invoice.customer) + retry * DAY_SECONDS;
    this.events.emit('invoice.payment_failed', invoice);
    return false;
  }

  subscriptionOf(invoice: Invoice): Subscription | undefined {
    return this.store.subscriptions.find(invoice.parent?.subscription_details.subscription);
  }

  void(invoice: Invoice): void {
    invoice.status = 'void';
    invoice.status_transitions.voided_at = this.clock.nowFor(invoice.customer);
    this.events.emit('invoice.voided', invoice);
  }

  /** An invoice as it would be; nothing is kept. */
  draft(subscription: Subscription, reason: Reason, lines: readonly PendingLine[], keep = true): Invoice {
    const { customer: customerId, currency, metadata } = subscription;
    const customer = this.store.customers.get(customerId);
    const id = newStripeId('in');
    const total = lines.reduce((sum, line) => sum + line.amount, 0);
    const owed = total + customer.balance;
    const due = Math.max(0, owed);
    const [item] = subscription.items.data;
    const now = this.clock.nowFor(customerId);
    const invoice: Invoice = {
      id,
      object: 'invoice',
      amount_due: due,
      amount_paid: 0,
      amount_remaining: due,
      attempt_count: 0,
      attempted: false,
      billing_reason: reason,
      collection_method: 'charge_automatically',
      created: now,
      currency,
      customer: customerId,
      customer_email: customer.email,
      ending_balance: Math.min(0, owed),
      hosted_invoice_url: `https://invoice.stripe.test/i/${id}`,
      lines: listOf(
        lines.map((line): InvoiceLine => ({
          ...line,
          id: newStripeId('il'),
          object: 'line_item',
          invoice: id,
        })),
        `/v1/invoices/${id}/lines`,
      ),
      livemode: false,
      metadata: {},
      next_payment_attempt: null,
      number: `SANDBOX-${String(keep ? (this.numbered += 1) : 0).padStart(5, '0')}`,
      parent: {
        quote_details: null,
        subscription_details: { metadata: { ...metadata }, subscription: subscription.id },
        type: 'subscription_details',
      },
      period_end: item?.current_period_end ?? now,
      period_start: item?.current_period_start ?? now,
      starting_balance: customer.balance,
      status: 'draft',
      status_transitions: { finalized_at: null, paid_at: null, voided_at: null },
      subtotal: total,
      test_clock: customer.test_clock,
      total,
    };
    return keep ? this.store.invoices.add(invoice) : invoice;
  }

  private markPaid(invoice: Invoice, intent?: PaymentIntent): void {
    invoice.status = 'paid';
    invoice.amount_paid = invoice.amount_due;
    invoice.amount_remaining = 0;
    invoice.next_payment_attempt = null;
    invoice.status_transitions.paid_at = this.clock.nowFor(invoice.customer);
    for (const payment of this.store.invoicePayments.all()) {
      if (payment.invoice !== invoice.id) continue;
      payment.status = 'paid';
      payment.amount_paid = invoice.amount_paid;
    }
    if (intent) this.events.emit('invoice.payment_succeeded', invoice);
    this.events.emit('invoice.paid', invoice);
  }

  /** One intent per invoice, however often it is tried. */
  private intentOf(invoice: Invoice): PaymentIntent {
    const known = this.store.invoicePayments.all().find((payment) => payment.invoice === invoice.id);
    if (known) return this.store.paymentIntents.get(known.payment.payment_intent);
    const { customer, currency, amount_due: amount } = invoice;
    const metadata = { ...invoice.parent?.subscription_details.metadata };
    const intent = this.payments.intend({ customer, currency, amount, metadata });
    this.store.invoicePayments.add({
      id: newStripeId('inpay'),
      object: 'invoice_payment',
      amount_paid: null,
      amount_requested: amount,
      created: this.clock.nowFor(customer),
      currency,
      invoice: invoice.id,
      is_default: true,
      livemode: false,
      payment: { type: 'payment_intent', payment_intent: intent.id },
      status: 'open',
    });
    return intent;
  }

  private meteredLine(
    subscription: Subscription,
    item: SubscriptionItem,
    period: { start: number; end: number },
  ): PendingLine {
    const meter = this.store.meters.find(item.price.recurring?.meter);
    let quantity = 0;
    for (const event of this.store.meterEvents.values()) {
      if (event.eventName !== meter?.event_name || event.customer !== subscription.customer) continue;
      if (event.timestamp >= period.start && event.timestamp < period.end) quantity += event.value;
    }
    const amount = Math.round(quantity * Number(item.price.unit_amount_decimal ?? 0));
    return { ...lineOf(subscription, item, amount, period), quantity };
  }

  private proration(
    subscription: Subscription,
    item: SubscriptionItem,
    at: number,
    sign: 1 | -1,
  ): PendingLine | undefined {
    if (item.price.recurring?.usage_type === 'metered') return undefined;
    const { current_period_start: start, current_period_end: end } = item;
    const full = (item.price.unit_amount ?? 0) * (item.quantity ?? 1);
    const amount = sign * Math.round((full * Math.max(0, end - at)) / (end - start));
    if (amount === 0) return undefined;
    return lineOf(subscription, item, amount, { start: at, end }, true);
  }
}

function lineOf(
  subscription: Subscription,
  item: SubscriptionItem,
  amount: number,
  period: { start: number; end: number },
  proration = false,
): PendingLine {
  const { price } = item;
  return {
    amount,
    currency: subscription.currency,
    description: `${proration ? (amount < 0 ? 'Unused time on ' : 'Remaining time on ') : ''}${nameOf(price)}`,
    metadata: { ...subscription.metadata },
    parent: {
      invoice_item_details: null,
      subscription_item_details: { proration, subscription: subscription.id, subscription_item: item.id },
      type: 'subscription_item_details',
    },
    period,
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: price.unit_amount_decimal,
    },
    quantity: item.quantity ?? 0,
    subtotal: amount,
    taxes: [],
  };
}

const nameOf = (price: Price): string => price.nickname ?? price.lookup_key ?? price.id;

/** Where the period after this one ends. */
export function nextPeriodEnd(item: SubscriptionItem, anchor: number): number {
  const { interval, interval_count: count } = item.price.recurring ?? {
    interval: 'month',
    interval_count: 1,
  };
  return addInterval(item.current_period_end, interval, count, anchor);
}
