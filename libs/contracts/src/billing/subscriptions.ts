import { Bool, Instant, Int, ListOf, Nested, OneOf, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { MODULES, PRICE_INTERVALS, type PriceInterval, PRODUCT_LINES, type ProductLine } from './catalogue';
import { PLAN_METERS, type UsageMeter } from './meters';
import { STANDING_STATES, type StandingState } from './usage-events';

/** Stripe's words. */
export const SUBSCRIPTION_STATUSES = [
  'trialing',
  'active',
  'past_due',
  'incomplete',
  'incomplete_expired',
  'unpaid',
  'paused',
  'canceled',
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export const SUBSCRIPTION_SOURCES = ['stripe', 'comped'] as const;
export type SubscriptionSource = (typeof SUBSCRIPTION_SOURCES)[number];

export class SubscriptionResponse {
  @Uuid() id: string;
  @Text({ max: 40, example: 'voice.pro' }) plan: string;
  @Int({ min: 1 }) planVersion: number;
  @Text({ max: 80 }) planName: string;
  @OneOf(PRODUCT_LINES) productLine: ProductLine;
  @OneOf(SUBSCRIPTION_STATUSES) status: SubscriptionStatus;
  @OneOf(PRICE_INTERVALS) interval: PriceInterval;
  @Int({ min: 1 }) quantity: number;
  @OneOf(SUBSCRIPTION_SOURCES) source: SubscriptionSource;
  @Instant() currentPeriodStart: string;
  @Instant() currentPeriodEnd: string;
  @Instant({ nullable: true }) trialEnd: string | null;
  @Bool() cancelAtPeriodEnd: boolean;
}

export class SubscriptionsResponse {
  @ListOf(() => SubscriptionResponse, { max: 10, description: 'One per product line; none is the free plan' })
  subscriptions: SubscriptionResponse[];
}

export class MeterLimit {
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 0, nullable: true, description: 'Per month; null is not limited' }) included: number | null;
}

export class EntitlementsResponse {
  @Texts() plans: string[];
  @Texts({ in: MODULES }) modules: string[];
  @Int({ min: 1, nullable: true }) seats: number | null;
  @Int({ min: 0, nullable: true, description: 'Null: all' }) proceduresVisible: number | null;
  @ListOf(() => MeterLimit, { max: 20 }) limits: MeterLimit[];
  @Int({ min: 0 }) version: number;
}

export class MeterUsage {
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 0, nullable: true, description: 'The plan’s allowance; null is not limited' })
  included: number | null;
  @Int({ min: 0, description: 'Top-ups carried in or bought in the period' }) topup: number;
  @Int({ min: 0 }) used: number;
  @Int({
    nullable: true,
    description: 'Allowance, top-ups and, for minutes, credits that are left; null is not limited',
  })
  remaining: number | null;
  @Int({ min: 0, description: 'Promised to what runs' }) held: number;
  @OneOf(['under_limit', 'soft_limit', 'hard_limit']) state: string;
  @Instant() periodStart: string;
  @Instant() periodEnd: string;
}

export class UsageResponse {
  @OneOf(STANDING_STATES, { description: 'Of the voice lines' }) standing: StandingState;
  @OneOf(['under_limit', 'soft_limit', 'hard_limit'], { description: 'The worst meter’s (C-19)' })
  state: string;
  @Int({ description: 'Credits left' }) credits: number;
  @ListOf(() => MeterUsage, { max: 20 }) meters: MeterUsage[];
}

export const SUMMARIES_MAX = 20;

export class BillingSummary {
  @Uuid() tenantId: string;
  @ListOf(() => SubscriptionResponse, { max: 10 }) subscriptions: SubscriptionResponse[];
  @Nested(() => UsageResponse) usage: UsageResponse;
}

export class BillingSummariesRequest {
  @Texts({ max: SUMMARIES_MAX }) tenantIds: string[];
}

export class BillingSummaries {
  @ListOf(() => BillingSummary, { max: SUMMARIES_MAX }) data: BillingSummary[];
}

export class PauseUsageBody {
  @Text({ max: 500 }) reason: string;
}

export class UsageTenantParam {
  @Uuid() id: string;
}

export class PauseUsageRequest extends PauseUsageBody {
  @Uuid() id: string;
}

export class CreditAdjustmentBody {
  @Int({ min: -1_000_000, max: 1_000_000, description: 'Credits given, or below zero taken; not 0' })
  amount: number;
  @Text({ max: 500 }) reason: string;
}

export class AdjustCreditsRequest extends CreditAdjustmentBody {
  @Uuid() id: string;
}

export class AdjustedCredits {
  @Int() balance: number;
}

export const getSubscriptions = defineOperation({
  name: 'billing.subscription.get',
  service: 'billing',
  request: Nothing,
  response: SubscriptionsResponse,
});

export const getEntitlements = defineOperation({
  name: 'billing.entitlements.get',
  service: 'billing',
  request: Nothing,
  response: EntitlementsResponse,
});

export const getUsage = defineOperation({
  name: 'billing.usage.get',
  service: 'billing',
  request: Nothing,
  response: UsageResponse,
});

/** Plans and use of a few tenants, for administrators of the platform. */
export const summarizeBilling = defineOperation({
  name: 'billing.summaries',
  service: 'billing',
  role: 'super_admin',
  request: BillingSummariesRequest,
  response: BillingSummaries,
});

export const pauseUsage = defineOperation({
  name: 'billing.usage.pause',
  service: 'billing',
  role: 'super_admin',
  request: PauseUsageRequest,
  response: Nothing,
});

export const resumeUsage = defineOperation({
  name: 'billing.usage.resume',
  service: 'billing',
  role: 'super_admin',
  request: UsageTenantParam,
  response: Nothing,
});

/** BR-051. */
export const adjustCredits = defineOperation({
  name: 'billing.credits.adjust',
  service: 'billing',
  role: 'super_admin',
  request: AdjustCreditsRequest,
  response: AdjustedCredits,
});
