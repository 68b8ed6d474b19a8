import { Bool, Instant, Int, Json, ListOf, Nested, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { AdminPayoutResponse } from './payouts';
import {
  PROGRAM_CURRENCY,
  REFERRAL_STATUSES,
  ReferralCodeResponse,
  ReferralResponse,
  type ReferralStatus,
} from './referrals';

/** `card`: pays with a card seen elsewhere; `network`: signed up where the referrer is; `velocity`: one of many. */
export const REFERRAL_SIGNALS = ['card', 'network', 'velocity'] as const;
export type ReferralSignalKind = (typeof REFERRAL_SIGNALS)[number];

export const SIGNAL_STATES = ['open', 'cleared', 'rejected'] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];

export const REFERRAL_SOURCES = ['registration', 'request'] as const;
export type ReferralSource = (typeof REFERRAL_SOURCES)[number];

export class ReferralSettingsEdit {
  @Bool({ optional: true, description: 'Whether new referrals are taken' }) enabled?: boolean;
  @Int({ optional: true, min: 0, max: 1_000_000, description: 'On the first paid plan invoice' })
  initialBonusCents?: number;
  @Int({ optional: true, min: 0, max: 10_000, description: 'Share of paid plan invoices; 1000 is 10 %' })
  commissionBasisPoints?: number;
  @Int({ optional: true, min: 0, max: 120, description: 'Months from the first paid plan invoice' })
  recurringMonths?: number;
  @Int({ optional: true, min: 0, max: 365, description: 'Days before a commission can be paid out' })
  holdDays?: number;
  @Int({ optional: true, min: 0, max: 10_000_000 }) minPayoutCents?: number;
  @Int({ optional: true, min: 1, max: 10_000, description: 'More signups a day with one code are looked at' })
  maxDailySignups?: number;
}

export class ReferralSettingsResponse {
  @Int({ min: 1, description: 'Rises with every edit; referrals keep the terms they signed up under' })
  version: number;
  @Bool() enabled: boolean;
  @Int({ min: 0 }) initialBonusCents: number;
  @Int({ min: 0 }) commissionBasisPoints: number;
  @Int({ min: 0 }) recurringMonths: number;
  @Int({ min: 0 }) holdDays: number;
  @Int({ min: 0 }) minPayoutCents: number;
  @Int({ min: 1 }) maxDailySignups: number;
  @Text(PROGRAM_CURRENCY) currency: string;
  @Uuid({ nullable: true, description: 'Null: the defaults' }) updatedBy: string | null;
  @Instant() updatedAt: string;
}

export class ReferralSignal {
  @OneOf(REFERRAL_SIGNALS) kind: ReferralSignalKind;
  @OneOf(SIGNAL_STATES) state: SignalState;
  @Text({ max: 300, example: 'Pays with a card that the referrer paid with' }) reason: string;
  @Json({ description: 'What it was seen in' }) evidence: Record<string, unknown>;
  @Instant() createdAt: string;
  @Uuid({ nullable: true }) decidedBy: string | null;
  @Instant({ nullable: true }) decidedAt: string | null;
  @Text({ nullable: true, max: 500 }) note: string | null;
}

export class AdminReferralResponse extends ReferralResponse {
  @Uuid() tenantId: string;
  @Uuid() referrerUserId: string;
  @Text({ max: 64 }) code: string;
  @Uuid() referredTenantId: string;
  @Uuid({ nullable: true }) referredUserId: string | null;
  @OneOf(REFERRAL_SOURCES) source: ReferralSource;
  @ListOf(() => ReferralSignal, { max: 100 }) signals: ReferralSignal[];
}

export const AdminReferralPage = pageOf(AdminReferralResponse);

export class ReferralTerms {
  @Int({ min: 1 }) version: number;
  @Int({ min: 0 }) initialBonusCents: number;
  @Int({ min: 0 }) commissionBasisPoints: number;
  @Int({ min: 0 }) recurringMonths: number;
  @Int({ min: 0 }) holdDays: number;
}

export class TimelineEntry {
  @Instant() at: string;
  @Text({ max: 60, example: 'commission.earned' }) what: string;
  @Int({ nullable: true }) amountCents: number | null;
  @Text({ nullable: true, max: 500 }) detail: string | null;
}

export class ReferralDetails extends AdminReferralResponse {
  @Nested(() => ReferralTerms) terms: ReferralTerms;
  @ListOf(() => AdminPayoutResponse, { max: 200, description: 'That hold its commissions' })
  payouts: AdminPayoutResponse[];
  @ListOf(() => TimelineEntry, { description: 'Oldest first' }) timeline: TimelineEntry[];
}

export class ListAllReferralsRequest extends PageRequest {
  @OneOf(REFERRAL_STATUSES, { optional: true }) status?: ReferralStatus;
  @Uuid({ optional: true, description: 'Of the referrer' }) referrer?: string;
  @OneOf(REFERRAL_SIGNALS, { optional: true, description: 'With such a signal' }) signal?: ReferralSignalKind;
  @Bool({ optional: true, description: 'Only those that wait for a look, or only others' }) open?: boolean;
  @Text({ optional: true, max: 64, description: 'A code, or an id of a referral, tenant or person' })
  search?: string;
}

export class ReferralParam {
  @Uuid() id: string;
}

export class SignalDecision {
  @Text({ max: 500, description: 'Why' }) note: string;
}

export class DecideSignalsRequest extends SignalDecision {
  @Uuid() id: string;
}

export class ReferralCodeParam {
  @Text({ max: 64 }) code: string;
}

export class ReferralCodeEdit {
  @Bool() isActive: boolean;
}

export class EditReferralCodeRequest extends ReferralCodeEdit {
  @Text({ max: 64 }) code: string;
}

export const getReferralSettings = defineOperation({
  name: 'billing.referral-settings.get',
  service: 'billing',
  role: 'super_admin',
  request: Nothing,
  response: ReferralSettingsResponse,
});

/** Makes a new version; what is left out stays as it is. */
export const editReferralSettings = defineOperation({
  name: 'billing.referral-settings.edit',
  service: 'billing',
  role: 'super_admin',
  request: ReferralSettingsEdit,
  response: ReferralSettingsResponse,
});

export const listAllReferrals = defineOperation({
  name: 'billing.referrals.list-all',
  service: 'billing',
  role: 'super_admin',
  request: ListAllReferralsRequest,
  response: AdminReferralPage,
});

export const getReferral = defineOperation({
  name: 'billing.referrals.get',
  service: 'billing',
  role: 'super_admin',
  request: ReferralParam,
  response: ReferralDetails,
});

/** Its open signals mean nothing: what was held goes on. */
export const clearReferralSignals = defineOperation({
  name: 'billing.referrals.clear-signals',
  service: 'billing',
  role: 'super_admin',
  request: DecideSignalsRequest,
  response: ReferralDetails,
});

/** It was fraud: everything it earned is taken back, and it earns nothing more. */
export const rejectReferral = defineOperation({
  name: 'billing.referrals.reject-signals',
  service: 'billing',
  role: 'super_admin',
  request: DecideSignalsRequest,
  response: ReferralDetails,
});

export const editReferralCode = defineOperation({
  name: 'billing.referrals.edit-code',
  service: 'billing',
  role: 'super_admin',
  request: EditReferralCodeRequest,
  response: ReferralCodeResponse,
});
