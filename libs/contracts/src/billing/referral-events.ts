import { defineEvent } from '../event';
import { Bool, Instant, Int, OneOf, Text, Uuid } from '../fields';
import { PROGRAM_CURRENCY } from './referrals';
import { REFERRAL_SOURCES, type ReferralSource } from './referral-admin';
import { PAYOUT_METHODS, type PayoutMethodKind } from './payouts';

const EARNING = ['initial', 'recurring'] as const;
const REFERRAL_ID = '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0060';
const REFERRER = '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0061';
const PAYOUT_ID = '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0063';

export class ReferralRecordedV1 {
  @Uuid() referralId: string;
  @Uuid() referrerUserId: string;
  @Uuid() referredTenantId: string;
  @OneOf(REFERRAL_SOURCES) source: ReferralSource;
  @Bool({ description: 'Its commissions will wait for a look' }) underReview: boolean;
  @Instant() signedUpAt: string;
}

export const referralRecordedV1 = defineEvent({
  type: 'billing.referral.recorded.v1',
  producer: 'billing',
  description: 'A new tenant came by somebody’s code. Of the tenant of who referred it. Once per new tenant.',
  payload: ReferralRecordedV1,
  sample: {
    referralId: REFERRAL_ID,
    referrerUserId: REFERRER,
    referredTenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    source: 'registration' as ReferralSource,
    underReview: false,
    signedUpAt: '2026-11-20T14:05:00.000Z',
  },
});

export class CommissionEarnedV1 {
  @Uuid() commissionId: string;
  @Uuid() referralId: string;
  @Uuid() referrerUserId: string;
  @OneOf(EARNING) kind: string;
  @Uuid() paymentId: string;
  @Int({ min: 1 }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Bool({ description: 'It waits for the end of a dispute or review' }) held: boolean;
  @Instant() availableAt: string;
}

export const commissionEarnedV1 = defineEvent({
  type: 'billing.commission.earned.v1',
  producer: 'billing',
  description: 'A referred tenant paid: a share of it. Once per payment and kind.',
  payload: CommissionEarnedV1,
  sample: {
    commissionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0062',
    referralId: REFERRAL_ID,
    referrerUserId: REFERRER,
    kind: 'recurring',
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    amountCents: 2_490,
    currency: 'USD',
    held: false,
    availableAt: '2026-12-20T14:05:00.000Z',
  },
});

export class CommissionClawedBackV1 {
  @Uuid() commissionId: string;
  @Uuid() referralId: string;
  @Uuid() referrerUserId: string;
  @Uuid() paymentId: string;
  @Int({ description: 'Taken back now; below zero when given again, such as after a refund that failed' })
  amountCents: number;
  @Int({ min: 0, description: 'Taken back in all' }) totalCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Text({ max: 120, description: 'The refund, dispute or review', example: 'refund' }) cause: string;
}

export const commissionClawedBackV1 = defineEvent({
  type: 'billing.commission.clawed-back.v1',
  producer: 'billing',
  description: 'Money of a payment went back, and with it the share of it.',
  payload: CommissionClawedBackV1,
  sample: {
    commissionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0062',
    referralId: REFERRAL_ID,
    referrerUserId: REFERRER,
    paymentId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0050',
    amountCents: 490,
    totalCents: 490,
    currency: 'USD',
    cause: 'refund',
  },
});

export class PayoutRequestedV1 {
  @Uuid() payoutId: string;
  @Uuid() userId: string;
  @Int({ min: 1 }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @OneOf(PAYOUT_METHODS) methodKind: PayoutMethodKind;
}

const payout = { payoutId: PAYOUT_ID, userId: REFERRER, amountCents: 5_000, currency: 'USD' };

export const payoutRequestedV1 = defineEvent({
  type: 'billing.payout.requested.v1',
  producer: 'billing',
  description: 'Somebody wants their commissions: an administrator has to decide.',
  payload: PayoutRequestedV1,
  sample: { ...payout, methodKind: 'paypal' as PayoutMethodKind },
});

export class PayoutApprovedV1 {
  @Uuid() payoutId: string;
  @Uuid() userId: string;
  @Int({ min: 1 }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
}

export const payoutApprovedV1 = defineEvent({
  type: 'billing.payout.approved.v1',
  producer: 'billing',
  description: 'A payout was approved and is to be transferred.',
  payload: PayoutApprovedV1,
  sample: payout,
});

export class PayoutRejectedV1 {
  @Uuid() payoutId: string;
  @Uuid() userId: string;
  @Int({ min: 1 }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Text({ max: 500 }) reason: string;
}

export const payoutRejectedV1 = defineEvent({
  type: 'billing.payout.rejected.v1',
  producer: 'billing',
  description: 'A payout was refused; the money is available again.',
  payload: PayoutRejectedV1,
  sample: { ...payout, reason: 'The account is somebody else’s' },
});

export class PayoutPaidV1 {
  @Uuid() payoutId: string;
  @Uuid() userId: string;
  @Int({ min: 1 }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Text({ max: 200 }) reference: string;
}

export const payoutPaidV1 = defineEvent({
  type: 'billing.payout.paid.v1',
  producer: 'billing',
  description: 'A payout was transferred.',
  payload: PayoutPaidV1,
  sample: { ...payout, reference: 'TRANSFER-1' },
});
