import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '@parley/contracts';
import type Stripe from 'stripe';
import type {
  DisputeFacts,
  InvoiceFacts,
  PaymentFacts,
  RefundFacts,
  SessionFacts,
  SubscriptionFacts,
} from './stripe-facts';

type Reference = string | { id: string } | null | undefined;

export const idOf = (reference: Reference): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null);

const instant = (seconds: number): Date => new Date(seconds * 1000);
const instantOrNull = (seconds: number | null | undefined): Date | null =>
  seconds ? instant(seconds) : null;
const currencyOf = (currency: string): string => currency.toUpperCase();

export function fromInvoice(invoice: Stripe.Invoice): InvoiceFacts {
  const period = periodOf(invoice);
  return {
    id: invoice.id,
    customerId: idOf(invoice.customer),
    subscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    number: invoice.number ?? null,
    reason: invoice.billing_reason ?? 'manual',
    amountCents: invoice.amount_due,
    paidCents: invoice.amount_paid,
    currency: currencyOf(invoice.currency),
    status: invoice.status ?? 'draft',
    attempts: invoice.attempt_count,
    nextAttemptAt: instantOrNull(invoice.next_payment_attempt),
    hostedUrl: invoice.hosted_invoice_url ?? null,
    periodStart: instant(period.start),
    periodEnd: instant(period.end),
    issuedAt: instant(invoice.created),
    paidAt: instantOrNull(invoice.status_transitions.paid_at),
    lines: invoice.lines.data.map((line) => ({
      priceId: idOf(line.pricing?.price_details?.price),
      amountCents: line.amount,
      periodStart: instant(line.period.start),
    })),
  };
}

/** The invoice's own period is the one before: what was used in it. Its lines say what is paid for. */
function periodOf(invoice: Stripe.Invoice): { start: number; end: number } {
  const ahead = invoice.lines.data
    .map(({ period }) => period)
    .sort((one, other) => other.end - one.end || one.start - other.start)[0];
  const period = ahead ?? { start: invoice.period_start, end: invoice.period_end };
  return period.end > period.start ? period : { start: period.start, end: period.start + 1 };
}

export interface PaymentParts {
  askedAt: Date;
  intent: Stripe.PaymentIntent;
  charges: readonly Stripe.Charge[];
  invoice: Stripe.Invoice | null;
  refunds: readonly Stripe.Refund[];
  disputes: readonly Stripe.Dispute[];
}

export function fromPayment(parts: PaymentParts): PaymentFacts {
  const { askedAt, intent, charges, invoice, refunds, disputes } = parts;
  const charge = charges.find(({ id }) => id === idOf(intent.latest_charge)) ?? charges[0];
  const succeeded = intent.status === 'succeeded';
  return {
    askedAt,
    id: intent.id,
    customerId: idOf(intent.customer),
    chargeId: charge?.id ?? null,
    amountCents: succeeded ? intent.amount_received : intent.amount,
    currency: currencyOf(intent.currency),
    state: succeeded ? 'succeeded' : hasFailed(intent) ? 'failed' : 'pending',
    attempts: Math.max(invoice?.attempt_count ?? 0, charges.length, intent.last_payment_error ? 1 : 0),
    failureCode: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? null,
    cardFingerprint: charge?.payment_method_details?.card?.fingerprint ?? null,
    createdAt: instant(intent.created),
    paidAt: succeeded ? instant(charge?.created ?? intent.created) : null,
    metadata: intent.metadata,
    invoice: invoice ? fromInvoice(invoice) : null,
    refunds: refunds.map(fromRefund).sort(byAge),
    disputes: disputes.map(fromDispute).sort(byAge),
  };
}

const hasFailed = ({ status, last_payment_error: error }: Stripe.PaymentIntent): boolean =>
  status === 'canceled' || (status === 'requires_payment_method' && Boolean(error));

/** The same order however they were listed, so that parts come out the same. */
const byAge = (one: { createdAt: Date; id: string }, other: { createdAt: Date; id: string }): number =>
  one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);

function fromRefund({ id, amount, status, reason, created }: Stripe.Refund): RefundFacts {
  const failed = status === 'failed' || status === 'canceled';
  // Pending refunds have left the balance already.
  const state = failed ? 'failed' : status === 'succeeded' ? 'succeeded' : 'pending';
  return { id, amountCents: amount, state, reason: reason ?? null, createdAt: instant(created) };
}

const WON: readonly string[] = ['won', 'warning_closed', 'prevented'];

function fromDispute(dispute: Stripe.Dispute): DisputeFacts {
  const { id, amount: amountCents, reason, status, created } = dispute;
  return {
    id,
    amountCents,
    reason,
    status,
    state: WON.includes(status) ? 'won' : status === 'lost' ? 'lost' : 'opened',
    moneyMoved: !status.startsWith('warning_') && status !== 'prevented',
    createdAt: instant(created),
  };
}

/** @returns nothing for a subscription without an item */
export function fromSubscription(subscription: Stripe.Subscription): SubscriptionFacts | undefined {
  const items = subscription.items.data.map((item) => ({
    id: item.id,
    priceId: item.price.id,
    metered: item.price.recurring?.usage_type === 'metered',
  }));
  const base = subscription.items.data.find(({ price }) => price.recurring?.usage_type !== 'metered');
  if (!base) return undefined;
  const { cancel_at: cancelAt, status } = subscription;
  return {
    id: subscription.id,
    customerId: idOf(subscription.customer) ?? '',
    status: SUBSCRIPTION_STATUSES.find((known) => known === status) ?? ('incomplete' as SubscriptionStatus),
    items,
    priceId: base.price.id,
    interval: base.price.recurring?.interval === 'year' ? 'year' : 'month',
    quantity: base.quantity ?? 1,
    startedAt: instant(subscription.start_date),
    periodStart: instant(base.current_period_start),
    periodEnd: instant(base.current_period_end),
    trialEnd: instantOrNull(subscription.trial_end),
    // The portal sets a date where the API sets a flag.
    cancelAtPeriodEnd:
      subscription.cancel_at_period_end || (Boolean(cancelAt) && (cancelAt ?? 0) <= base.current_period_end),
    cancelsByDate: Boolean(cancelAt) && !subscription.cancel_at_period_end,
    latestInvoiceId: idOf(subscription.latest_invoice),
    hasPaymentMethod: Boolean(subscription.default_payment_method),
    metadata: subscription.metadata,
  };
}

export function fromSession(session: Stripe.Checkout.Session): SessionFacts {
  return {
    id: session.id,
    customerId: idOf(session.customer),
    status: session.status === 'complete' ? 'completed' : session.status === 'expired' ? 'expired' : 'open',
    paymentStatus: session.payment_status,
    subscriptionId: idOf(session.subscription),
    paymentId: idOf(session.payment_intent),
    metadata: session.metadata ?? {},
  };
}
