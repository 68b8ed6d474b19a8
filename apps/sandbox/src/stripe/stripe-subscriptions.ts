import { addInterval, type StripeClock } from './stripe-clock';
import { invalid } from './stripe-errors';
import type { StripeEvents } from './stripe-events';
import { nextPeriodEnd, type StripeInvoicing } from './stripe-invoicing';
import {
  type Invoice,
  listOf,
  type Metadata,
  newStripeId,
  type Price,
  type Subscription,
  type SubscriptionItem,
} from './stripe-objects';
import type { StripeStore } from './stripe-store';

export type ProrationBehavior = 'create_prorations' | 'always_invoice' | 'none';

export interface WantedItem {
  /** Of an item the subscription has already. */
  id?: string;
  price?: string;
  quantity?: number;
  deleted?: boolean;
}

export interface NewSubscription {
  customer: string;
  items: readonly { price: string; quantity?: number }[];
  metadata: Metadata;
  trialEnd?: number;
  missingPaymentMethod?: 'cancel' | 'create_invoice' | 'pause';
  defaultPaymentMethod?: string;
}

export interface SubscriptionChange {
  items?: readonly WantedItem[];
  metadata?: Metadata;
  prorationBehavior?: ProrationBehavior;
  cancelAtPeriodEnd?: boolean;
  cancelAt?: number | null;
  trialEndNow?: boolean;
  defaultPaymentMethod?: string;
}

const ENDED: readonly Subscription['status'][] = ['canceled', 'incomplete_expired'];

export const hasEnded = ({ status }: Subscription): boolean => ENDED.includes(status);

/** The life of subscriptions, as far as somebody asks for it; what time does is `StripeTime`'s. */
export class StripeSubscriptions {
  constructor(
    private readonly store: StripeStore,
    private readonly clock: StripeClock,
    private readonly events: StripeEvents,
    private readonly invoicing: StripeInvoicing,
  ) {}

  /** Bills the first period, or starts the trial. An unpaid first invoice leaves it incomplete. */
  create(wanted: NewSubscription): Subscription {
    const customer = this.store.customers.get(wanted.customer, 'customer');
    const now = this.clock.now(customer.test_clock);
    const id = newStripeId('sub');
    const prices = wanted.items.map(({ price, quantity }) => ({
      price: this.store.prices.get(price, 'items'),
      quantity,
    }));
    const [first] = prices;
    if (!first) throw invalid('A subscription needs an item.', 'items');
    const trialing = wanted.trialEnd !== undefined && wanted.trialEnd > now;
    const end = trialing ? (wanted.trialEnd ?? now) : this.periodEnd(first.price, now);
    const subscription: Subscription = this.store.subscriptions.add({
      id,
      object: 'subscription',
      billing_cycle_anchor: trialing ? end : now,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { comment: null, feedback: null, reason: null },
      collection_method: 'charge_automatically',
      created: now,
      currency: first.price.currency,
      customer: customer.id,
      default_payment_method: wanted.defaultPaymentMethod ?? null,
      ended_at: null,
      items: listOf(
        prices.map(({ price, quantity }) => this.item(id, price, quantity, { start: now, end })),
        `/v1/subscription_items?subscription=${id}`,
      ),
      latest_invoice: null,
      livemode: false,
      metadata: wanted.metadata,
      start_date: now,
      status: trialing ? 'trialing' : 'incomplete',
      test_clock: customer.test_clock,
      trial_end: trialing ? end : null,
      trial_settings: {
        end_behavior: { missing_payment_method: wanted.missingPaymentMethod ?? 'create_invoice' },
      },
      trial_start: trialing ? now : null,
    });
    customer.currency ??= subscription.currency;
    this.events.emit('customer.subscription.created', subscription);
    const lines = trialing ? [] : this.invoicing.cycleLines(subscription);
    const invoice = this.invoicing.bill(subscription, 'subscription_create', lines);
    if (!trialing && invoice.status === 'paid') {
      this.change(subscription, () => (subscription.status = 'active'));
    }
    return subscription;
  }

  /** Prorates as asked; a change of interval begins a new period now. */
  update(subscription: Subscription, wanted: SubscriptionChange): Subscription {
    if (hasEnded(subscription)) throw invalid('A canceled subscription cannot be changed.', 'subscription');
    const now = this.clock.now(subscription.test_clock);
    this.change(subscription, () => {
      if (wanted.metadata) subscription.metadata = wanted.metadata;
      if (wanted.defaultPaymentMethod) subscription.default_payment_method = wanted.defaultPaymentMethod;
      if (wanted.cancelAtPeriodEnd !== undefined)
        this.cancelLater(subscription, wanted.cancelAtPeriodEnd, now);
      if (wanted.cancelAt !== undefined) this.cancelAt(subscription, wanted.cancelAt, now);
      if (wanted.items) this.changeItems(subscription, wanted.items, wanted.prorationBehavior, now);
    });
    if (wanted.trialEndNow && subscription.status === 'trialing') this.endTrial(subscription, now);
    return subscription;
  }

  /** What the next invoice would say if `items` were changed now. */
  preview(subscription: Subscription, items: readonly WantedItem[], at?: number): Invoice {
    const now = at ?? this.clock.now(subscription.test_clock);
    const changed = this.itemsAfter(subscription, items, now);
    return this.invoicing.draft(
      subscription,
      'subscription_update',
      this.invoicing.prorationLines(subscription, changed, now),
      false,
    );
  }

  /** Ends it now. @param invoiceNow bills what was used since the period began */
  cancel(subscription: Subscription, reason: string, invoiceNow = false): Subscription {
    if (hasEnded(subscription)) throw invalid('This subscription has ended already.', 'subscription');
    const now = this.clock.now(subscription.test_clock);
    if (invoiceNow) this.billUse(subscription);
    subscription.status = 'canceled';
    subscription.ended_at = now;
    subscription.canceled_at ??= now;
    subscription.cancellation_details.reason ??= reason;
    this.events.emit('customer.subscription.deleted', subscription);
    return subscription;
  }

  private billUse(subscription: Subscription): void {
    const [first] = subscription.items.data;
    if (!first) return;
    const lines = this.invoicing.usedLines(subscription, {
      start: first.current_period_start,
      end: first.current_period_end,
    });
    if (lines.some(({ amount }) => amount > 0))
      this.invoicing.bill(subscription, 'subscription_update', lines);
  }

  /** The next period begins: bill it, and what was used in the last one. */
  renew(subscription: Subscription): void {
    const [first] = subscription.items.data;
    if (!first) return;
    const used = { start: first.current_period_start, end: first.current_period_end };
    this.change(subscription, () => {
      for (const item of subscription.items.data) {
        const end = nextPeriodEnd(item, subscription.billing_cycle_anchor);
        item.current_period_start = item.current_period_end;
        item.current_period_end = end;
      }
    });
    const lines = this.invoicing.cycleLines(subscription, used);
    this.settle(subscription, this.invoicing.bill(subscription, 'subscription_cycle', lines));
  }

  /** The trial is over: the first paid period begins, if there is a card or none is asked for. */
  endTrial(subscription: Subscription, now: number): void {
    const { missing_payment_method: missing } = subscription.trial_settings.end_behavior;
    const customer = this.store.customers.get(subscription.customer);
    const card = subscription.default_payment_method ?? customer.invoice_settings.default_payment_method;
    if (!card && missing === 'cancel') {
      this.cancel(subscription, 'payment_failed');
      return;
    }
    this.change(subscription, () => {
      subscription.trial_end = now;
      subscription.billing_cycle_anchor = now;
      subscription.status = !card && missing === 'pause' ? 'paused' : 'active';
      for (const item of subscription.items.data) {
        item.current_period_start = now;
        item.current_period_end = this.periodEnd(item.price, now);
      }
    });
    if (subscription.status === 'paused') return;
    const lines = this.invoicing.cycleLines(subscription);
    this.settle(subscription, this.invoicing.bill(subscription, 'subscription_cycle', lines));
  }

  /** A subscription is what its latest invoice says. */
  settle(subscription: Subscription, invoice: Invoice): void {
    if (hasEnded(subscription)) return;
    const status = invoice.status === 'paid' ? 'active' : 'past_due';
    const first = invoice.billing_reason === 'subscription_create';
    if (subscription.status === 'trialing' || (first && status === 'past_due')) return;
    if (subscription.status !== status) this.change(subscription, () => (subscription.status = status));
  }

  /** Does `work` and tells what it changed. */
  change(subscription: Subscription, work: () => void): void {
    const before = structuredClone(subscription);
    work();
    const previous = Object.fromEntries(
      Object.entries(before).filter(
        ([field, value]) =>
          JSON.stringify(value) !== JSON.stringify(subscription[field as keyof Subscription]),
      ),
    );
    if (Object.keys(previous).length > 0) {
      this.events.emit('customer.subscription.updated', subscription, previous);
    }
  }

  private changeItems(
    subscription: Subscription,
    wanted: readonly WantedItem[],
    behavior: ProrationBehavior = 'create_prorations',
    now: number,
  ): void {
    const items = this.itemsAfter(subscription, wanted, now);
    if (items.length === 0) throw invalid('A subscription needs an item.', 'items');
    const anew = items.some((item) => item.current_period_start === now && !sameInterval(item, subscription));
    const prorate = behavior !== 'none' && subscription.status !== 'trialing';
    const lines = prorate ? this.invoicing.prorationLines(subscription, anew ? [] : items, now) : [];
    subscription.items.data = items;
    const pending = this.store.pendingLines.get(subscription.id) ?? [];
    this.store.pendingLines.set(subscription.id, [...pending, ...lines]);
    if (subscription.status === 'trialing') return;
    if (anew) {
      subscription.billing_cycle_anchor = now;
      const all = this.invoicing.cycleLines(subscription);
      this.settleQuietly(subscription, this.invoicing.bill(subscription, 'subscription_update', all));
    } else if (behavior === 'always_invoice' && lines.length > 0) {
      const due = this.store.pendingLines.get(subscription.id) ?? [];
      this.store.pendingLines.delete(subscription.id);
      this.settleQuietly(subscription, this.invoicing.bill(subscription, 'subscription_update', due));
    }
  }

  /** Inside `change`, which tells. */
  private settleQuietly(subscription: Subscription, invoice: Invoice): void {
    subscription.status = invoice.status === 'paid' ? 'active' : 'past_due';
  }

  private itemsAfter(
    subscription: Subscription,
    wanted: readonly WantedItem[],
    now: number,
  ): SubscriptionItem[] {
    const items = structuredClone(subscription.items.data);
    for (const { id, price: priceId, quantity, deleted } of wanted) {
      const at = items.findIndex((item) => item.id === id);
      if (id && at < 0) throw invalid(`No such subscription item: '${id}'`, 'items', 'resource_missing');
      const item = items[at];
      if (!item) {
        const [sibling] = items;
        const price = this.store.prices.get(priceId ?? '', 'items');
        const period = {
          start: sibling?.current_period_start ?? now,
          end: sibling?.current_period_end ?? this.periodEnd(price, now),
        };
        items.push(this.item(subscription.id, price, quantity, period));
      } else if (deleted) {
        items.splice(at, 1);
      } else {
        if (quantity !== undefined) item.quantity = quantity;
        if (priceId) this.reprice(item, this.store.prices.get(priceId, 'items'), now);
      }
    }
    return items;
  }

  private reprice(item: SubscriptionItem, price: Price, now: number): void {
    const same = item.price.recurring?.interval === price.recurring?.interval;
    item.price = price;
    if (same) return;
    item.current_period_start = now;
    item.current_period_end = this.periodEnd(price, now);
  }

  private item(
    subscription: string,
    price: Price,
    quantity: number | undefined,
    period: { start: number; end: number },
  ): SubscriptionItem {
    if (!price.recurring) throw invalid(`The price ${price.id} is not recurring.`, 'items');
    const metered = price.recurring.usage_type === 'metered';
    if (metered && quantity !== undefined) throw invalid('A metered price takes no quantity.', 'items');
    return {
      id: newStripeId('si'),
      object: 'subscription_item',
      created: period.start,
      current_period_end: period.end,
      current_period_start: period.start,
      metadata: {},
      price,
      ...(metered ? {} : { quantity: quantity ?? 1 }),
      subscription,
    };
  }

  private periodEnd({ recurring }: Price, start: number): number {
    return addInterval(start, recurring?.interval ?? 'month', recurring?.interval_count ?? 1);
  }

  private cancelLater(subscription: Subscription, wanted: boolean, now: number): void {
    subscription.cancel_at_period_end = wanted;
    this.cancelAt(subscription, wanted ? (subscription.items.data[0]?.current_period_end ?? now) : null, now);
  }

  private cancelAt(subscription: Subscription, at: number | null, now: number): void {
    subscription.cancel_at = at;
    subscription.canceled_at = at === null ? null : now;
    subscription.cancellation_details.reason = at === null ? null : 'cancellation_requested';
  }
}

const sameInterval = (item: SubscriptionItem, subscription: Subscription): boolean =>
  subscription.items.data.some(({ price }) => price.recurring?.interval === item.price.recurring?.interval);
