import type { StripeClock } from './stripe-clock';
import { invalid } from './stripe-errors';
import type { StripeEvents } from './stripe-events';
import {
  type CheckoutSession,
  type Customer,
  type Metadata,
  newStripeId,
  type Price,
} from './stripe-objects';
import type { StripePayments } from './stripe-payments';
import type { StripeStore } from './stripe-store';
import type { StripeSubscriptions } from './stripe-subscriptions';

const DAY = 86_400;

export interface NewCheckout {
  mode: CheckoutSession['mode'];
  customer?: string;
  customerEmail?: string;
  clientReferenceId?: string;
  successUrl?: string;
  cancelUrl?: string;
  lines: readonly { price: Price; quantity: number }[];
  metadata: Metadata;
  /** Carried to the subscription, or to the payment and its charge: session metadata goes to neither. */
  resultMetadata: Metadata;
  trialDays?: number;
  missingPaymentMethod?: 'cancel' | 'create_invoice' | 'pause';
  /** A trial then needs no card. */
  cardIfRequired: boolean;
}

/** How a person at the hosted page behaves. */
export interface Buyer {
  outcome: 'paid' | 'declined' | 'delayed';
  /** Cards with one fingerprint are one piece of plastic. */
  fingerprint?: string;
  /** The card will be declined when it is charged next. */
  declinesLater?: boolean;
}

/** Sessions of the hosted page, and paying there. */
export class StripeCheckout {
  private readonly wanted = new Map<string, NewCheckout>();

  constructor(
    private readonly store: StripeStore,
    private readonly clock: StripeClock,
    private readonly events: StripeEvents,
    private readonly payments: StripePayments,
    private readonly subscriptions: StripeSubscriptions,
  ) {}

  /** @param origin where people reach the sandbox */
  create(wanted: NewCheckout, origin: string): CheckoutSession {
    const [first] = wanted.lines;
    if (!first) throw invalid('A session needs line_items.', 'line_items');
    const recurring = wanted.lines.some(({ price }) => price.recurring !== null);
    if ((wanted.mode === 'subscription') !== recurring) {
      throw invalid(`These prices do not fit mode ${wanted.mode}.`, 'line_items');
    }
    const total = wanted.lines.reduce(
      (sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * quantity,
      0,
    );
    const now = this.clock.nowFor(wanted.customer);
    const id = newStripeId('cs_test');
    const session: CheckoutSession = this.store.sessions.add({
      id,
      object: 'checkout.session',
      amount_subtotal: total,
      amount_total: wanted.trialDays ? 0 : total,
      cancel_url: wanted.cancelUrl ?? null,
      client_reference_id: wanted.clientReferenceId ?? null,
      created: now,
      currency: first.price.currency,
      customer: wanted.customer ?? null,
      customer_details: null,
      customer_email: wanted.customerEmail ?? null,
      expires_at: now + DAY,
      invoice: null,
      livemode: false,
      metadata: wanted.metadata,
      mode: wanted.mode,
      payment_intent: null,
      payment_status: 'unpaid',
      status: 'open',
      subscription: null,
      success_url: wanted.successUrl ?? null,
      ui_mode: 'hosted_page',
      url: `${origin}/checkout/${id}`,
    });
    this.store.sessionLines.set(id, [...wanted.lines]);
    this.wanted.set(id, wanted);
    return session;
  }

  /** The person presses "Pay". A declined card leaves the page open. @returns whether it went through */
  pay(session: CheckoutSession, buyer: Buyer): boolean {
    if (session.status !== 'open') throw invalid(`This session is ${session.status}.`, 'session');
    const wanted = this.wanted.get(session.id);
    if (!wanted) throw invalid('This session is unknown.', 'session');
    const customer = this.customerOf(session);
    if (buyer.outcome === 'declined') {
      const card = this.payments.addCard(customer.id, 'declines', buyer.fingerprint);
      const { amount_total: amount, currency } = session;
      const metadata = wanted.resultMetadata;
      if (amount > 0)
        this.payments.attempt(
          this.payments.intend({ customer: customer.id, amount, currency, metadata }),
          card.id,
        );
      return false;
    }
    const cardless = wanted.cardIfRequired && session.amount_total === 0;
    const card = cardless ? undefined : this.payments.addCard(customer.id, 'succeeds', buyer.fingerprint);
    if (card) customer.invoice_settings.default_payment_method ??= card.id;
    session.status = 'complete';
    session.url = null;
    session.customer_details = { email: customer.email, name: customer.name };
    if (wanted.mode === 'subscription') this.subscribe(session, wanted, customer, card?.id);
    else this.buy(session, wanted, customer, card?.id ?? null, buyer.outcome === 'delayed');
    if (card && buyer.declinesLater) this.store.cards.set(card.id, 'declines');
    this.events.emit('checkout.session.completed', session);
    return true;
  }

  /** A delayed payment (bank debit) is decided. */
  settleDelayed(session: CheckoutSession, succeeded: boolean): void {
    const intent = this.store.paymentIntents.find(session.payment_intent);
    if (session.payment_status !== 'unpaid' || session.status !== 'complete' || !intent) {
      throw invalid('No payment of this session is on its way.', 'session');
    }
    if (intent.payment_method)
      this.store.cards.set(intent.payment_method, succeeded ? 'succeeds' : 'declines');
    const paid = this.payments.attempt(intent, intent.payment_method);
    if (paid) session.payment_status = 'paid';
    this.events.emit(`checkout.session.async_payment_${paid ? 'succeeded' : 'failed'}`, session);
  }

  expire(session: CheckoutSession): CheckoutSession {
    if (session.status !== 'open') throw invalid(`This session is ${session.status}.`, 'session');
    session.status = 'expired';
    session.url = null;
    this.events.emit('checkout.session.expired', session);
    return session;
  }

  private subscribe(
    session: CheckoutSession,
    wanted: NewCheckout,
    customer: Customer,
    card: string | undefined,
  ): void {
    const { trialDays, missingPaymentMethod, resultMetadata } = wanted;
    const subscription = this.subscriptions.create({
      customer: customer.id,
      items: wanted.lines.map(({ price, quantity }) => ({
        price: price.id,
        ...(price.recurring?.usage_type === 'metered' ? {} : { quantity }),
      })),
      metadata: resultMetadata,
      ...(trialDays ? { trialEnd: this.clock.nowFor(customer.id) + trialDays * DAY } : {}),
      ...(missingPaymentMethod ? { missingPaymentMethod } : {}),
      ...(card ? { defaultPaymentMethod: card } : {}),
    });
    session.subscription = subscription.id;
    session.invoice = subscription.latest_invoice;
    session.payment_status = session.amount_total === 0 ? 'no_payment_required' : 'paid';
  }

  private buy(
    session: CheckoutSession,
    wanted: NewCheckout,
    customer: Customer,
    card: string | null,
    delayed: boolean,
  ): void {
    const { amount_total: amount, currency } = session;
    const intent = this.payments.intend({
      customer: customer.id,
      amount,
      currency,
      metadata: wanted.resultMetadata,
    });
    session.payment_intent = intent.id;
    if (delayed) {
      intent.status = 'processing';
      intent.payment_method = card;
      return;
    }
    if (this.payments.attempt(intent, card)) session.payment_status = 'paid';
  }

  private customerOf(session: CheckoutSession): Customer {
    const known = this.store.customers.find(session.customer);
    if (known) return known;
    const customer: Customer = this.store.customers.add({
      id: newStripeId('cus'),
      object: 'customer',
      email: session.customer_email,
      name: null,
      balance: 0,
      created: this.clock.now(null),
      currency: session.currency,
      delinquent: false,
      invoice_settings: { default_payment_method: null },
      livemode: false,
      metadata: {},
      test_clock: null,
    });
    session.customer = customer.id;
    return customer;
  }
}
