import type {
  PlanEdit,
  PlanEntitlement,
  PlanModule,
  PlanPrice,
  PlanResponse,
  PriceInterval,
  ProductLine,
  UsageMeter,
} from '@parley/contracts';
import { given } from './given';

/** A meter belongs to one product line, so that the plan of one never speaks about another's. */
export const METER_LINE: Readonly<Record<UsageMeter, ProductLine | null>> = {
  credits: null,
  voice_minutes: 'voice',
  sms: 'voice',
  practice_minutes: 'training',
  ai_prompts: 'sales',
  ai_conversations: 'sales',
  transcription_minutes: 'sales',
  research: 'sales',
};

/** What holds for tenants without a subscription of the line. */
export const FREE_PLAN = 'sales.free';

export interface Price extends Required<PlanPrice> {
  readonly interval: PriceInterval;
  readonly stripePriceId: string | null;
}

export type Entitlement = Required<PlanEntitlement>;

/** One version of a plan; never changed once somebody may hold it. */
export interface Plan {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly productLine: ProductLine;
  readonly name: string;
  readonly rank: number;
  readonly features: string[];
  readonly seats: number | null;
  readonly proceduresVisible: number | null;
  readonly isPublic: boolean;
  readonly isExample: boolean;
  readonly prices: Price[];
  readonly entitlements: Entitlement[];
  readonly modules: PlanModule[];
}

export const entitlementWith = (entitlement: PlanEntitlement): Entitlement => ({
  meter: entitlement.meter,
  included: entitlement.included,
  noticePct: 80,
  softPct: 100,
  hardPct: entitlement.overage ? 110 : 100,
  overage: false,
  overageCents: 0,
  ...given(entitlement),
});

/** Whether use beyond what is included has a price. */
export const isBilled = ({ overage, overageCents }: Entitlement): boolean => overage && overageCents > 0;

/** The plan as an edit makes it: its next version. A price that did not change stays the same one at Stripe. */
export function edited(plan: Plan, edit: PlanEdit): Omit<Plan, 'id'> {
  const { prices, entitlements, modules, ...fields } = edit;
  const { id: _held, ...before } = plan;
  return {
    ...before,
    ...given(fields),
    version: plan.version + 1,
    // An administrator's figures are an offer.
    isExample: false,
    prices: prices?.map((price) => priceWith(price, plan)) ?? plan.prices,
    entitlements: entitlements?.map(entitlementWith) ?? plan.entitlements,
    modules: modules ? [...new Set(modules)] : plan.modules,
  };
}

function priceWith(price: PlanPrice, { prices }: Plan): Price {
  const same = prices.find(
    ({ interval, amountCents, currency }) =>
      interval === price.interval && amountCents === price.amountCents && currency === price.currency,
  );
  const { interval, amountCents, currency, metered = same?.metered ?? false } = price;
  return { interval, amountCents, currency, metered, stripePriceId: same?.stripePriceId ?? null };
}

export function toPlanResponse(plan: Omit<Plan, 'id'> & { id?: string }): PlanResponse {
  const { id: _id, prices, ...rest } = plan;
  return { ...rest, prices: prices.map(({ stripePriceId: _stripe, ...price }) => price) };
}
