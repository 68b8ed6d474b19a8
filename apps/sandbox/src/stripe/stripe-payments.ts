import { randomBytes } from 'node:crypto';
import type { StripeClock } from './stripe-clock';
import { invalid, StripeRefusal } from './stripe-errors';
import type { StripeEvents } from './stripe-events';
import {
  type BalanceTransaction,
  type Charge,
  type Dispute,
  type Metadata,
  newStripeId,
  type PaymentError,
  type PaymentIntent,
  type PaymentMethod,
  type Refund,
} from './stripe-objects';
import type { CardBehaviour, StripeStore } from './stripe-store';

const DISPUTE_FEE = 1_500;
const EVIDENCE_DAYS = 10;

export interface NewPayment {
  customer: string | null;
  amount: number;
  currency: string;
  metadata: Metadata;
}

/** Stripe's usual price for a card payment, in cents. */
const feeOf = (amount: number): number => Math.round(amount * 0.029) + 30;

const DECLINED: PaymentError = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
};

/** Money moving: cards, payments, refunds, disputes, and the balance they leave. */
export class StripePayments {
  constructor(
    private readonly store: StripeStore,
    private readonly clock: StripeClock,
    private readonly events: StripeEvents,
  ) {}

  /** A card; two with one fingerprint are the same piece of plastic. */
  addCard(customer: string | null, behaviour: CardBehaviour, fingerprint?: string): PaymentMethod {
    const method = this.store.paymentMethods.add({
      id: newStripeId('pm'),
      object: 'payment_method',
      card: {
        brand: 'visa',
        country: 'US',
        exp_month: 4,
        exp_year: 2035,
        fingerprint: fingerprint ?? randomBytes(8).toString('hex'),
        last4: behaviour === 'succeeds' ? '4242' : '0002',
      },
      created: this.clock.nowFor(customer),
      customer,
      livemode: false,
      type: 'card',
    });
    this.store.cards.set(method.id, behaviour);
    return method;
  }

  /** The card that a charge without one of its own falls on. */
  defaultCardOf(customer: string | null): string | null {
    return this.store.customers.find(customer)?.invoice_settings.default_payment_method ?? null;
  }

  intend({ customer, amount, currency, metadata }: NewPayment): PaymentIntent {
    return this.store.paymentIntents.add({
      id: newStripeId('pi'),
      object: 'payment_intent',
      amount,
      amount_received: 0,
      created: this.clock.nowFor(customer),
      currency,
      customer,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata,
      payment_method: null,
      status: 'requires_payment_method',
    });
  }

  /** Charges a card for an intent. @returns whether it was paid */
  attempt(intent: PaymentIntent, methodId: string | null): boolean {
    const method = this.store.paymentMethods.find(methodId);
    if (!method) {
      this.fail(intent, { ...DECLINED, code: 'payment_method_missing', message: 'There is no card.' });
      return false;
    }
    const declined = this.store.cards.get(method.id) === 'declines';
    const charge = this.charge(intent, method, declined);
    intent.latest_charge = charge.id;
    intent.payment_method = method.id;
    if (declined) {
      this.events.emit('charge.failed', charge);
      this.fail(intent, DECLINED);
      return false;
    }
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    intent.last_payment_error = null;
    this.events.emit('charge.succeeded', charge);
    this.events.emit('payment_intent.succeeded', intent);
    return true;
  }

  /** @throws StripeRefusal when more than what is left is asked back */
  refund(charge: Charge, amount: number | undefined, reason: string | null, metadata: Metadata): Refund {
    const left = charge.amount - charge.amount_refunded;
    const wanted = amount ?? left;
    if (!charge.paid) throw invalid('This charge was not paid.', 'charge');
    if (left === 0) {
      throw invalid(`Charge ${charge.id} has already been refunded.`, 'charge', 'charge_already_refunded');
    }
    if (!Number.isInteger(wanted) || wanted <= 0 || wanted > left) {
      throw invalid(
        `Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`,
        'amount',
      );
    }
    if (charge.disputed) throw invalid('A disputed charge cannot be refunded.', 'charge', 'charge_disputed');
    const refund: Refund = this.store.refunds.add({
      id: newStripeId('re'),
      object: 'refund',
      amount: wanted,
      balance_transaction: null,
      charge: charge.id,
      created: this.clock.nowFor(charge.customer),
      currency: charge.currency,
      customer: charge.customer,
      metadata,
      payment_intent: charge.payment_intent,
      reason,
      status: 'succeeded',
    });
    refund.balance_transaction = this.book(refund, 'refund', -wanted, 0, charge.customer).id;
    const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
    charge.amount_refunded += wanted;
    charge.refunded = charge.amount_refunded === charge.amount;
    this.events.emit('refund.created', refund);
    this.events.emit('charge.refunded', charge, previous);
    return refund;
  }

  /** The cardholder complains: the money leaves until it is decided. */
  dispute(charge: Charge, reason: string, amount = charge.amount - charge.amount_refunded): Dispute {
    if (!charge.paid || charge.disputed) throw invalid('This charge cannot be disputed.', 'charge');
    const created = this.clock.nowFor(charge.customer);
    const dispute: Dispute = this.store.disputes.add({
      id: newStripeId('du'),
      object: 'dispute',
      amount,
      balance_transactions: [],
      charge: charge.id,
      created,
      currency: charge.currency,
      evidence_details: {
        due_by: created + EVIDENCE_DAYS * 86_400,
        has_evidence: false,
        past_due: false,
        submission_count: 0,
      },
      is_charge_refundable: false,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      reason,
      status: 'needs_response',
    });
    charge.disputed = true;
    dispute.balance_transactions.push(this.book(dispute, 'dispute', -amount, DISPUTE_FEE, charge.customer));
    this.events.emit('charge.dispute.created', dispute);
    this.events.emit('charge.dispute.funds_withdrawn', dispute);
    return dispute;
  }

  closeDispute(dispute: Dispute, outcome: 'won' | 'lost'): Dispute {
    if (dispute.status === 'won' || dispute.status === 'lost') {
      throw invalid('This dispute is closed already.', 'dispute');
    }
    const previous = { status: dispute.status };
    dispute.status = outcome;
    const charge = this.store.charges.get(dispute.charge);
    if (outcome === 'won') {
      dispute.balance_transactions.push(
        this.book(dispute, 'dispute_reversal', dispute.amount, 0, charge.customer),
      );
      this.events.emit('charge.dispute.funds_reinstated', dispute);
    }
    this.events.emit('charge.dispute.closed', dispute, previous);
    return dispute;
  }

  /** @throws StripeRefusal card_error, as an API call that charges at once does */
  refuseDeclined(intent: PaymentIntent): never {
    const { code, message, decline_code: declineCode } = intent.last_payment_error ?? DECLINED;
    throw new StripeRefusal(402, 'card_error', code, message, {
      ...(declineCode ? { decline_code: declineCode } : {}),
      payment_intent: intent,
    });
  }

  private charge(intent: PaymentIntent, method: PaymentMethod, declined: boolean): Charge {
    const { amount, currency, customer } = intent;
    const charge: Charge = this.store.charges.add({
      id: newStripeId('ch'),
      object: 'charge',
      amount,
      amount_captured: declined ? 0 : amount,
      amount_refunded: 0,
      balance_transaction: null,
      captured: !declined,
      created: this.clock.nowFor(customer),
      currency,
      customer,
      disputed: false,
      failure_code: declined ? DECLINED.code : null,
      failure_message: declined ? DECLINED.message : null,
      livemode: false,
      metadata: { ...intent.metadata },
      paid: !declined,
      payment_intent: intent.id,
      payment_method: method.id,
      payment_method_details: { card: method.card, type: 'card' },
      refunded: false,
      status: declined ? 'failed' : 'succeeded',
    });
    if (!declined)
      charge.balance_transaction = this.book(charge, 'charge', amount, feeOf(amount), customer).id;
    return charge;
  }

  private fail(intent: PaymentIntent, error: PaymentError): void {
    intent.status = 'requires_payment_method';
    intent.last_payment_error = error;
    this.events.emit('payment_intent.payment_failed', intent);
  }

  private book(
    source: { id: string; currency: string },
    category: 'charge' | 'refund' | 'dispute' | 'dispute_reversal',
    amount: number,
    fee: number,
    customer: string | null,
  ): BalanceTransaction {
    return this.store.balance.add({
      id: newStripeId('txn'),
      object: 'balance_transaction',
      amount,
      created: this.clock.nowFor(customer),
      currency: source.currency,
      description: category,
      fee,
      net: amount - fee,
      reporting_category: category,
      source: source.id,
      status: 'available',
      type: category === 'charge' || category === 'refund' ? category : 'adjustment',
    });
  }
}
