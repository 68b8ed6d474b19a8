import { defineEvent } from '../event';
import { Bool, Instant, Int, OneOf, Text, Uuid } from '../fields';

export const PAYMENT_KINDS = ['subscription', 'topup', 'credits'] as const;
export type PaymentKind = (typeof PAYMENT_KINDS)[number];

/** Three capital letters. */
const CURRENCY = { min: 3, max: 3, pattern: /^[A-Z]{3}$/, example: 'USD' };

export class PaymentSucceededV1 {
  @Uuid() paymentId: string;
  @OneOf(PAYMENT_KINDS) kind: PaymentKind;
  @Int({ min: 1 }) amountCents: number;
  @Text(CURRENCY) currency: string;
  @Uuid({ optional: true }) invoiceId?: string;
  @Uuid({ optional: true }) subscriptionId?: string;
  @Text({ optional: true, max: 255 }) stripeCustomerId?: string;
  @Text({ optional: true, max: 255, description: 'The same for every use of one card' })
  cardFingerprint?: string;
  @Bool({ description: 'The tenant never paid before' }) firstPayment: boolean;
  @Instant() occurredAt: string;
}

export const paymentSucceededV1 = defineEvent({
  type: 'billing.payment.succeeded.v1',
  producer: 'billing',
  description: 'A tenant paid. Once per payment.',
  payload: PaymentSucceededV1,
  sample: {
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    kind: 'subscription',
    amountCents: 24_900,
    currency: 'USD',
    invoiceId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0051',
    subscriptionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0040',
    stripeCustomerId: 'cus_1',
    cardFingerprint: 'plastic',
    firstPayment: true,
    occurredAt: '2026-11-20T14:05:00.000Z',
  },
});

export class PaymentRefundedV1 {
  @Uuid() paymentId: string;
  @Uuid() refundId: string;
  @OneOf(PAYMENT_KINDS) kind: PaymentKind;
  @Int({
    description: 'Of this refund; below zero when a refund that was told failed and the money came back',
  })
  amountCents: number;
  @Int({ min: 0, description: 'Of the payment, all refunds together' }) totalRefundedCents: number;
  @Int({ min: 1, description: 'What was paid' }) paidCents: number;
  @Text(CURRENCY) currency: string;
  @Uuid({ optional: true }) invoiceId?: string;
  @Uuid({ optional: true }) subscriptionId?: string;
  @Instant() occurredAt: string;
}

export const paymentRefundedV1 = defineEvent({
  type: 'billing.payment.refunded.v1',
  producer: 'billing',
  description:
    'Money of a payment went back, in whole or in part. Once per refund; once more if that refund failed.',
  payload: PaymentRefundedV1,
  sample: {
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    refundId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0052',
    kind: 'topup',
    amountCents: 5_000,
    totalRefundedCents: 5_000,
    paidCents: 19_500,
    currency: 'USD',
    occurredAt: '2026-11-20T14:05:00.000Z',
  },
});

export const PAYMENT_DISPUTE_STATUSES = ['opened', 'won', 'lost'] as const;
export type PaymentDisputeStatus = (typeof PAYMENT_DISPUTE_STATUSES)[number];

export class PaymentDisputedV1 {
  @Uuid() paymentId: string;
  @Uuid() disputeId: string;
  @OneOf(PAYMENT_KINDS) kind: PaymentKind;
  @OneOf(PAYMENT_DISPUTE_STATUSES) status: PaymentDisputeStatus;
  @Int({ min: 0, description: 'In dispute' }) amountCents: number;
  @Int({ min: 1, description: 'What was paid' }) paidCents: number;
  @Text(CURRENCY) currency: string;
  @Text({ max: 100, description: 'Stripe’s word' }) reason: string;
  @Uuid({ optional: true }) invoiceId?: string;
  @Uuid({ optional: true }) subscriptionId?: string;
  @Instant() occurredAt: string;
}

export const paymentDisputedV1 = defineEvent({
  type: 'billing.payment.disputed.v1',
  producer: 'billing',
  description: 'A cardholder disputes a payment, or that was decided. Once per status.',
  payload: PaymentDisputedV1,
  sample: {
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    disputeId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0053',
    kind: 'credits',
    status: 'opened',
    amountCents: 1_500,
    paidCents: 1_500,
    currency: 'USD',
    reason: 'fraudulent',
    occurredAt: '2026-11-20T14:05:00.000Z',
  },
});

export class PaymentFailedV1 {
  @Uuid() paymentId: string;
  @OneOf(PAYMENT_KINDS) kind: PaymentKind;
  @Int({ min: 0 }) amountCents: number;
  @Text(CURRENCY) currency: string;
  @Int({ min: 1, description: 'Tries at the card so far' }) attempts: number;
  @Text({ nullable: true, max: 100, description: 'Stripe’s word, such as card_declined' })
  failureCode: string | null;
  @Instant({ nullable: true, description: 'When Stripe tries again; null: not by itself' })
  nextAttemptAt: string | null;
  @Text({ nullable: true, max: 2048, description: 'Where it can be paid by hand' }) payUrl: string | null;
  @Instant() occurredAt: string;
}

export const paymentFailedV1 = defineEvent({
  type: 'billing.payment.failed.v1',
  producer: 'billing',
  description: 'A card was refused. Once per try at most.',
  payload: PaymentFailedV1,
  sample: {
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    kind: 'subscription',
    amountCents: 24_900,
    currency: 'USD',
    attempts: 1,
    failureCode: 'card_declined',
    nextAttemptAt: '2026-11-23T14:05:00.000Z',
    payUrl: 'https://invoice.stripe.test/i/in_1',
    occurredAt: '2026-11-20T14:05:00.000Z',
  },
});

export class PaymentNeedsReviewV1 {
  @Uuid() paymentId: string;
  @OneOf(PAYMENT_KINDS) kind: PaymentKind;
  @Int({ min: 0 }) amountCents: number;
  @Text(CURRENCY) currency: string;
  @Text({ max: 100, description: 'Such as card_declined, wrong_currency, unknown_price' }) reason: string;
  @Instant() occurredAt: string;
}

export const paymentNeedsReviewV1 = defineEvent({
  type: 'billing.payment.needs-review.v1',
  producer: 'billing',
  description: 'A payment failed twice or cannot be understood: a person has to decide (BR-049).',
  payload: PaymentNeedsReviewV1,
  sample: {
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    kind: 'subscription',
    amountCents: 24_900,
    currency: 'USD',
    reason: 'card_declined',
    occurredAt: '2026-11-20T14:05:00.000Z',
  },
});

export class TrialEndingV1 {
  @Uuid() subscriptionId: string;
  @Text({ max: 40 }) plan: string;
  @Instant() trialEnd: string;
  @Bool({ description: 'Whether a card will be charged at the end' }) hasPaymentMethod: boolean;
}

export const trialEndingV1 = defineEvent({
  type: 'billing.subscription.trial-ending.v1',
  producer: 'billing',
  description: 'A trial ends within days. Once per trial.',
  payload: TrialEndingV1,
  sample: {
    subscriptionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0040',
    plan: 'voice.pro',
    trialEnd: '2026-11-23T14:05:00.000Z',
    hasPaymentMethod: true,
  },
});
