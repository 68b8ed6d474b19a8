import { Bool, Instant, Int, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import { PROGRAM_CURRENCY } from './referrals';

export const PAYOUT_STATUSES = ['pending', 'approved', 'rejected', 'paid'] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

export const PAYOUT_METHODS = ['paypal', 'bank'] as const;
export type PayoutMethodKind = (typeof PAYOUT_METHODS)[number];

/** Where to pay. Kept sealed; only its last four characters are shown. */
export class PayoutMethod {
  @OneOf(PAYOUT_METHODS) kind: PayoutMethodKind;
  @Text({ max: 254, description: 'PayPal: its e-mail address. Bank: account number or IBAN' })
  account: string;
  @Text({ optional: true, max: 20, description: 'Bank: routing, transit or BIC; not with an IBAN' })
  routing?: string;
  @Text({ optional: true, max: 200, description: 'Bank: whose account it is' }) holder?: string;
}

export class PayoutRequestBody {
  @Nested(() => PayoutMethod) method: PayoutMethod;
  @Int({ optional: true, min: 1, description: 'All that is available when left out' }) amountCents?: number;
}

export class PayoutResponse {
  @Uuid() id: string;
  @OneOf(PAYOUT_STATUSES) status: PayoutStatus;
  @Int({ min: 1 }) amountCents: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @OneOf(PAYOUT_METHODS) methodKind: PayoutMethodKind;
  @Text({ max: 4, example: 'f.ca', description: 'Last four characters of the account' }) last4: string;
  @Text({ nullable: true, max: 500, description: 'Why it was rejected' }) reason: string | null;
  @Text({ nullable: true, max: 200, description: 'Of the transfer' }) paidReference: string | null;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) reviewedAt: string | null;
  @Instant({ nullable: true }) paidAt: string | null;
}

export class AdminPayoutResponse extends PayoutResponse {
  @Uuid() tenantId: string;
  @Uuid() userId: string;
  @Uuid({ nullable: true, description: 'Who approved or rejected it' }) reviewedBy: string | null;
  @Bool({ description: 'What was taken back since leaves enough to pay it' }) covered: boolean;
}

export const PayoutPage = pageOf(PayoutResponse);
export const AdminPayoutPage = pageOf(AdminPayoutResponse);

export class ListPayoutsRequest extends PageRequest {
  @OneOf(PAYOUT_STATUSES, { optional: true, description: '`pending` by default' }) status?: PayoutStatus;
}

export class ReferralIdParam {
  @Uuid({ description: 'Of a referral or of a payout request' }) id: string;
}

export class PayoutIdParam {
  @Uuid() id: string;
}

export class PayoutRejection {
  @Text({ max: 500 }) reason: string;
}

export class PayoutTransfer {
  @Text({ max: 200, description: 'Of the transfer, as the bank or PayPal names it' }) reference: string;
}

export class RejectPayoutRequest extends PayoutRejection {
  @Uuid() id: string;
}

export class MarkPayoutPaidRequest extends PayoutTransfer {
  @Uuid() id: string;
}

/**
 * Takes what is available out of reach until an administrator decides. 422 BELOW_MINIMUM_PAYOUT or
 * INSUFFICIENT_COMMISSIONS, 409 PAYOUT_OPEN.
 */
export const requestPayout = defineOperation({
  name: 'billing.payouts.request',
  service: 'billing',
  request: PayoutRequestBody,
  response: PayoutResponse,
});

/** The caller's own, newest first. */
export const listOwnPayouts = defineOperation({
  name: 'billing.payouts.list',
  service: 'billing',
  request: PageRequest,
  response: PayoutPage,
});

export const listPayouts = defineOperation({
  name: 'billing.payouts.list-all',
  service: 'billing',
  role: 'super_admin',
  request: ListPayoutsRequest,
  response: AdminPayoutPage,
});

/** Opens the sealed account, for whoever transfers the money. */
export const revealPayoutMethod = defineOperation({
  name: 'billing.payouts.method',
  service: 'billing',
  role: 'super_admin',
  request: PayoutIdParam,
  response: PayoutMethod,
});

/** The open request with that id, or that holds commissions of that referral (C-78); 409 when there is none. */
export const approvePayout = defineOperation({
  name: 'billing.payouts.approve',
  service: 'billing',
  role: 'super_admin',
  request: ReferralIdParam,
  response: AdminPayoutResponse,
});

export const rejectPayout = defineOperation({
  name: 'billing.payouts.reject',
  service: 'billing',
  role: 'super_admin',
  request: RejectPayoutRequest,
  response: AdminPayoutResponse,
});

export const markPayoutPaid = defineOperation({
  name: 'billing.payouts.mark-paid',
  service: 'billing',
  role: 'super_admin',
  request: MarkPayoutPaidRequest,
  response: AdminPayoutResponse,
});
