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

export interface Complaint {
  reason?: string;
  amount?: number;
  /** Only asks, as some banks do first. */
  inquiry?: boolean;
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
  /** Refunds go through a bank that takes its time. */
  refundsWait = false;

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
      status: this.refundsWait ? 'pending' : 'succeeded',
    });
    refund.balance_transaction = this.book(refund, 'refund', -wanted, 0, charge.customer).id;
    const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
    charge.amount_refunded += wanted;
    charge.refunded = charge.amount_refunded === charge.amount;
    this.events.emit('refund.created', refund);
    this.events.emit('charge.refunded', charge, previous);
    return refund;
  }

  /** The bank has paid it out. */
  settleRefund(refund: Refund): Refund {
    if (refund.status !== 'pending') throw invalid(`This refund is ${refund.status}.`, 'refund');
    refund.status = 'succeeded';
    this.events.emit('refund.updated', refund, { status: 'pending' });
    this.events.emit('charge.refund.updated', refund, { status: 'pending' });
    return refund;
  }

  /** The bank sends it back: the money returns to the balance. */
  failRefund(refund: Refund): Refund {
    if (refund.status === 'failed') throw invalid(`This refund is ${refund.status}.`, 'refund');
    const charge = this.store.charges.get(refund.charge);
    const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
    const { status } = refund;
    refund.status = 'failed';
    this.book(refund, 'refund', refund.amount, 0, charge.customer);
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    this.events.emit('refund.failed', refund, { status });
    this.events.emit('charge.refund.updated', refund, { status });
    this.events.emit('charge.updated', charge, previous);
    return refund;
  }

  /** The cardholder complains: the money leaves until it is decided. Of an inquiry it stays where it is. */
  dispute(
    charge: Charge,
    { reason = 'fraudulent', amount = charge.amount - charge.amount_refunded, inquiry = false }: Complaint,
  ): Dispute {
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
      status: inquiry ? 'warning_needs_response' : 'needs_response',
    });
    charge.disputed = true;
    this.events.emit('charge.dispute.created', dispute);
    if (!inquiry) this.withdraw(dispute);
    return dispute;
  }

  /** An inquiry that becomes a dispute takes the money after all. */
  escalate(dispute: Dispute): Dispute {
    if (!dispute.status.startsWith('warning_')) throw invalid('This is a dispute already.', 'dispute');
    this.turn(dispute, 'needs_response');
    this.withdraw(dispute);
    return dispute;
  }

  /** What was lost is looked at again. */
  appeal(dispute: Dispute): Dispute {
    if (dispute.status !== 'lost') throw invalid('This dispute is not lost.', 'dispute');
    return this.turn(dispute, 'under_review');
  }

  closeDispute(dispute: Dispute, outcome: 'won' | 'lost'): Dispute {
    if (['won', 'lost', 'warning_closed'].includes(dispute.status)) {
      throw invalid('This dispute is closed already.', 'dispute');
    }
    const previous = { status: dispute.status };
    if (dispute.status === 'warning_needs_response') {
      dispute.status = 'warning_closed';
      this.events.emit('charge.dispute.closed', dispute, previous);
      return dispute;
    }
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

  private withdraw(dispute: Dispute): void {
    const { customer } = this.store.charges.get(dispute.charge);
    dispute.balance_transactions.push(this.book(dispute, 'dispute', -dispute.amount, DISPUTE_FEE, customer));
    this.events.emit('charge.dispute.funds_withdrawn', dispute);
  }

  private turn(dispute: Dispute, status: Dispute['status']): Dispute {
    const previous = { status: dispute.status };
    dispute.status = status;
    this.events.emit('charge.dispute.updated', dispute, previous);
    return dispute;
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
