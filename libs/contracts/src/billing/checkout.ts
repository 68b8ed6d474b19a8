import { Bool, Email, Instant, Int, ListOf, OneOf, Text, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { PRICE_INTERVALS, type PriceInterval, PRODUCT_LINES, type ProductLine } from './catalogue';
import { SubscriptionResponse } from './subscriptions';

/** Stripe is asked while the caller waits: its own limits are 10 s and two retries. */
const ASKS_STRIPE = { timeoutMs: 45_000 };

const PLAN_CODE = { max: 40, pattern: /^[a-z][a-z0-9_.]*$/, example: 'voice.pro' };
const PACK_CODE = { max: 40, pattern: /^[a-z][a-z0-9_.]*$/, example: 'minutes_300' };

const RETURN = {
  optional: true,
  max: 2048,
  description: 'Where people come back to, at an allowed origin; may hold {CHECKOUT_SESSION_ID}',
};

export const CHECKOUT_KINDS = ['subscription', 'topup', 'credits', 'admin_link'] as const;
export type CheckoutKind = (typeof CHECKOUT_KINDS)[number];

export class CheckoutSessionRequest {
  @Text({ ...PLAN_CODE, description: 'Code of the plan' }) priceCode: string;
  @OneOf(PRICE_INTERVALS, { optional: true, description: '`month` by default' }) interval?: PriceInterval;
  @Text(RETURN) successUrl?: string;
  @Text(RETURN) cancelUrl?: string;
  @Int({
    optional: true,
    min: 0,
    max: 90,
    description: 'Once per product line, with a card, of plans that allow it',
  })
  trialDays?: number;
}

export class TopupRequest {
  @Text(PACK_CODE) packCode: string;
  @Int({ optional: true, min: 1, max: 100, description: '1 by default' }) count?: number;
  @Text(RETURN) successUrl?: string;
  @Text(RETURN) cancelUrl?: string;
}

export class CreditPurchaseRequest {
  @Text({ ...PACK_CODE, optional: true, example: 'credits_100', description: 'Or `credits`' })
  packCode?: string;
  @Int({ optional: true, min: 1, description: 'The pack that holds so many' }) credits?: number;
  @Int({ optional: true, min: 1, max: 100, description: '1 by default' }) count?: number;
  @Text(RETURN) successUrl?: string;
  @Text(RETURN) cancelUrl?: string;
}

export class CheckoutSessionResponse {
  @Uuid() id: string;
  @Text({ description: 'Stripe’s' }) sessionId: string;
  @OneOf(CHECKOUT_KINDS) kind: CheckoutKind;
  @Text({ max: 80, description: 'What is sold, and its version', example: 'voice.pro@1' }) offer: string;
  @Text({ max: 2048, description: 'Where to pay' }) url: string;
  @OneOf(['open', 'completed', 'expired']) status: 'open' | 'completed' | 'expired';
  @OneOf(['paid', 'unpaid', 'no_payment_required']) paymentStatus: string;
  @Instant() expiresAt: string;
}

export class CheckoutSessionParam {
  @Text({ description: 'Ours, or Stripe’s' }) id: string;
}

export class PortalSessionRequest {
  @Text({ optional: true, max: 2048, description: 'Where people come back to, at an allowed origin' })
  returnUrl?: string;
}

export class PortalSessionResponse {
  @Text({ max: 2048, description: 'Good for a few minutes' }) url: string;
}

export class SubscribeRequest {
  @Text(PLAN_CODE) planCode: string;
  @OneOf(PRICE_INTERVALS, { optional: true, description: 'The one held, else `month`, by default' })
  interval?: PriceInterval;
  @Text({ optional: true, pattern: /^pm_\w+$/, description: 'Stripe’s; the default card otherwise' })
  paymentMethodId?: string;
}

export class PreviewLine {
  @Text({ max: 500 }) description: string;
  @Int() amountCents: number;
}

export class SubscriptionPreview {
  @OneOf(['subscribe', 'upgrade', 'downgrade', 'none']) change: string;
  @Int({ min: 0, description: 'Charged at once' }) dueNowCents: number;
  @Int({ min: 0, description: 'Each period from then on' }) recurringCents: number;
  @Text({ min: 3, max: 3 }) currency: string;
  @Instant({ description: 'When the plan changes' }) effectiveAt: string;
  @ListOf(() => PreviewLine, { max: 250 }) lines: PreviewLine[];
}

export class SubscriptionLineRequest {
  @OneOf(PRODUCT_LINES, { optional: true, description: 'Needed by who holds several' })
  productLine?: ProductLine;
}

export class CancelSubscriptionRequest extends SubscriptionLineRequest {
  @Bool({ optional: true, description: 'At once rather than at the end of the period: super admins' })
  now?: boolean;
}

export class CheckoutLinkRequest {
  @Uuid({ optional: true, description: 'Or `email`' }) tenantId?: string;
  @Email({ optional: true, description: 'Of the owner of the tenant' }) email?: string;
  @Text({ ...PLAN_CODE, description: 'Code of a plan or pack' }) priceCode: string;
  @OneOf(PRICE_INTERVALS, { optional: true, description: '`month` by default' }) interval?: PriceInterval;
  @Int({ optional: true, min: 0, max: 90 }) trialDays?: number;
}

export class CompedPlanBody {
  @Text(PLAN_CODE) planCode: string;
  @Instant({ optional: true, description: 'Ends then; month after month otherwise' }) until?: string;
  @Text({ max: 500 }) reason: string;
}

export class CompPlanRequest extends CompedPlanBody {
  @Uuid() id: string;
}

export const startCheckout = defineOperation({
  name: 'billing.checkout.subscribe',
  service: 'billing',
  request: CheckoutSessionRequest,
  response: CheckoutSessionResponse,
  ...ASKS_STRIPE,
});

export const buyTopup = defineOperation({
  name: 'billing.checkout.topup',
  service: 'billing',
  request: TopupRequest,
  response: CheckoutSessionResponse,
  ...ASKS_STRIPE,
});

export const buyCredits = defineOperation({
  name: 'billing.checkout.credits',
  service: 'billing',
  request: CreditPurchaseRequest,
  response: CheckoutSessionResponse,
  ...ASKS_STRIPE,
});

/** Asks Stripe, applies what it says, and answers. */
export const verifyCheckout = defineOperation({
  name: 'billing.checkout.verify',
  service: 'billing',
  request: CheckoutSessionParam,
  response: CheckoutSessionResponse,
  ...ASKS_STRIPE,
});

export const openPortal = defineOperation({
  name: 'billing.portal.open',
  service: 'billing',
  request: PortalSessionRequest,
  response: PortalSessionResponse,
  ...ASKS_STRIPE,
});

export const putSubscription = defineOperation({
  name: 'billing.subscription.put',
  service: 'billing',
  request: SubscribeRequest,
  response: SubscriptionResponse,
  ...ASKS_STRIPE,
});

export const previewSubscription = defineOperation({
  name: 'billing.subscription.preview',
  service: 'billing',
  request: SubscribeRequest,
  response: SubscriptionPreview,
  ...ASKS_STRIPE,
});

export const cancelSubscription = defineOperation({
  name: 'billing.subscription.cancel',
  service: 'billing',
  request: CancelSubscriptionRequest,
  response: SubscriptionResponse,
  ...ASKS_STRIPE,
});

/** Takes a cancellation, or a downgrade that waits, back. */
export const resumeSubscription = defineOperation({
  name: 'billing.subscription.resume',
  service: 'billing',
  request: SubscriptionLineRequest,
  response: SubscriptionResponse,
  ...ASKS_STRIPE,
});

/** BR-053. */
export const makeCheckoutLink = defineOperation({
  name: 'billing.checkout.link',
  service: 'billing',
  role: 'super_admin',
  request: CheckoutLinkRequest,
  response: CheckoutSessionResponse,
  ...ASKS_STRIPE,
});

/** BR-052: a plan without Stripe. */
export const compPlan = defineOperation({
  name: 'billing.subscription.comp',
  service: 'billing',
  role: 'super_admin',
  request: CompPlanRequest,
  response: SubscriptionResponse,
});

export class BillingSyncParam {
  @Uuid() id: string;
}

/** Brings everything of a tenant to what Stripe says; safe at any time. */
export const syncBilling = defineOperation({
  name: 'billing.stripe.sync',
  service: 'billing',
  role: 'super_admin',
  request: BillingSyncParam,
  response: Nothing,
  timeoutMs: 120_000,
});
