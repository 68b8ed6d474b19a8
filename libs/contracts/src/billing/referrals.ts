import { Bool, HttpUrl, Instant, Int, ListOf, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';

export const REFERRAL_STATUSES = ['signed_up', 'subscribed', 'rewarded', 'rejected', 'clawed_back'] as const;
export type ReferralStatus = (typeof REFERRAL_STATUSES)[number];

export const COMMISSION_KINDS = ['initial', 'recurring', 'clawback'] as const;
export type CommissionKind = (typeof COMMISSION_KINDS)[number];

/** `held`: in dispute or under review; `reversed`: taken back whole, or a line that takes back. */
export const COMMISSION_STATUSES = ['pending', 'held', 'available', 'requested', 'paid', 'reversed'] as const;
export type CommissionStatus = (typeof COMMISSION_STATUSES)[number];

/** As people write it: case, spaces and hyphens do not count. */
const GIVEN_CODE = { max: 64, example: 'K7QM-2XHD' };
export const PROGRAM_CURRENCY = { min: 3, max: 3, pattern: /^[A-Z]{3}$/, example: 'USD' };

export class ReferralCodeResponse {
  @Uuid() id: string;
  @Text({ max: 64, example: 'K7QM2XHD' }) code: string;
  @HttpUrl({ nullable: true, description: 'Where an invited person registers' }) shareUrl: string | null;
  @Bool({ description: 'Whether it can be used' }) isActive: boolean;
  @Instant() createdAt: string;
}

export class RecordSignupRequest {
  @Text(GIVEN_CODE) code: string;
}

export class RecordedSignup {
  @Uuid() referralId: string;
  @Instant() signedUpAt: string;
}

export class CommissionLine {
  @Uuid() id: string;
  @OneOf(COMMISSION_KINDS) kind: CommissionKind;
  @OneOf(COMMISSION_STATUSES) status: CommissionStatus;
  @Uuid() paymentId: string;
  @Int({ description: 'Below zero when taken back' }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Instant({ nullable: true, description: 'When the hold ends' }) availableAt: string | null;
  @Uuid({ nullable: true, description: 'The request it is part of, the last of several' })
  payoutId: string | null;
  @Instant() createdAt: string;
}

export class ReferralResponse {
  @Uuid() id: string;
  @OneOf(REFERRAL_STATUSES) status: ReferralStatus;
  @Bool({ description: 'Its commissions wait for a look' }) underReview: boolean;
  @Instant() signedUpAt: string;
  @Instant({ nullable: true }) subscribedAt: string | null;
  @Int({ min: 0, description: 'Commissions before what was taken back' }) earnedCents: number;
  @Int({ min: 0 }) clawedBackCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @ListOf(() => CommissionLine, { max: 500, description: 'Newest first' }) commissions: CommissionLine[];
}

export const ReferralPage = pageOf(ReferralResponse);

export class ListReferralsRequest extends PageRequest {
  @OneOf(REFERRAL_STATUSES, { optional: true }) status?: ReferralStatus;
}

export class ReferralStats {
  @Int({ min: 0 }) signups: number;
  @Int({ min: 0, description: 'Those of them who paid for a plan' }) subscribed: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Int({ min: 0, description: 'Earned in all, before what was taken back' }) earnedCents: number;
  @Int({ min: 0, description: 'Waits for the end of its hold' }) pendingCents: number;
  @Int({ min: 0, description: 'In dispute or under review' }) heldCents: number;
  @Int({ description: 'Can be paid out; below zero until earned back what was paid and taken back' })
  availableCents: number;
  @Int({ min: 0 }) requestedCents: number;
  @Int({ min: 0 }) paidCents: number;
  @Int({ min: 0 }) clawedBackCents: number;
  @Int({ min: 0, description: 'No payout below' }) minPayoutCents: number;
}

/** The caller's code, made at the first call; one per person. */
export const getReferralCode = defineOperation({
  name: 'billing.referrals.code',
  service: 'billing',
  request: Nothing,
  response: ReferralCodeResponse,
});

/** Binds the caller's tenant to who referred it: once, within 30 days of its creation, never to itself. */
export const recordReferralSignup = defineOperation({
  name: 'billing.referrals.record-signup',
  service: 'billing',
  request: RecordSignupRequest,
  response: RecordedSignup,
});

/** Those the caller referred, newest first. */
export const listReferrals = defineOperation({
  name: 'billing.referrals.list',
  service: 'billing',
  request: ListReferralsRequest,
  response: ReferralPage,
});

export const getReferralStats = defineOperation({
  name: 'billing.referrals.stats',
  service: 'billing',
  request: Nothing,
  response: ReferralStats,
});
