import type { PaymentDisputedV1, PaymentRefundedV1, PaymentSucceededV1 } from '@parley/contracts';
import type { Fact } from './commission';

/** @param card print of the card's fingerprint */
export const paymentFact = (payment: PaymentSucceededV1, card: string | null): Fact => ({
  key: `payment:${payment.paymentId}`,
  kind: 'payment',
  paymentId: payment.paymentId,
  paymentKind: payment.kind,
  amountCents: payment.amountCents,
  currency: payment.currency,
  card,
  disputeId: null,
  disputeStatus: null,
  occurredAt: new Date(payment.occurredAt),
});

/** A refund and the news that it failed have the same id and are two facts. */
export const refundFact = (refund: PaymentRefundedV1): Fact => ({
  key: `refund:${refund.refundId}${refund.amountCents < 0 ? ':failed' : ''}`,
  kind: 'refund',
  paymentId: refund.paymentId,
  paymentKind: refund.kind,
  amountCents: refund.amountCents,
  currency: refund.currency,
  card: null,
  disputeId: null,
  disputeStatus: null,
  occurredAt: new Date(refund.occurredAt),
});

export const disputeFact = (dispute: PaymentDisputedV1): Fact => ({
  key: `dispute:${dispute.disputeId}:${dispute.status}`,
  kind: 'dispute',
  paymentId: dispute.paymentId,
  paymentKind: dispute.kind,
  amountCents: dispute.amountCents,
  currency: dispute.currency,
  card: null,
  disputeId: dispute.disputeId,
  disputeStatus: dispute.status,
  occurredAt: new Date(dispute.occurredAt),
});
