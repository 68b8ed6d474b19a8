import { Bool, Int, ListOf, OneOf, Text, Texts } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { PLAN_METERS, USAGE_METERS, type UsageMeter } from './meters';

export const PRODUCT_LINES = ['sales', 'voice', 'training'] as const;
export type ProductLine = (typeof PRODUCT_LINES)[number];

/** Client applications a plan opens (000). */
export const MODULES = ['sales_intelligence', 'market_data', 'podcasts', 'crm', 'platform'] as const;
export type PlanModule = (typeof MODULES)[number];

export const PRICE_INTERVALS = ['none', 'month', 'year'] as const;
export type PriceInterval = (typeof PRICE_INTERVALS)[number];

export const PACK_KINDS = ['credits', 'topup_minutes', 'topup_sms'] as const;
export type PackKind = (typeof PACK_KINDS)[number];

const CODE = { max: 40, pattern: /^[a-z][a-z0-9_.]*$/ };

export class PlanPrice {
  @OneOf(PRICE_INTERVALS, { description: '`none` is free' }) interval: PriceInterval;
  @Int({ min: 0, example: 14_900 }) amountCents: number;
  @Text({ min: 3, max: 3, pattern: /^[A-Z]{3}$/, example: 'USD' }) currency: string;
  @Bool({ optional: true, description: 'Billed by a meter after use' }) metered?: boolean;
}

/** What a plan includes of one meter each month, and when it says so or stops. */
export class PlanEntitlement {
  @OneOf(PLAN_METERS) meter: UsageMeter;
  @Int({ min: 0, nullable: true, description: 'Per month; null is not limited' }) included: number | null;
  @Int({ optional: true, min: 1, max: 1000, description: '80 by default' }) noticePct?: number;
  @Int({ optional: true, min: 1, max: 1000, description: '100 by default' }) softPct?: number;
  @Int({ optional: true, min: 100, max: 1000, description: '110 with overage, else 100, by default' })
  hardPct?: number;
  @Bool({ optional: true, description: 'Whether use may go on beyond what is included' }) overage?: boolean;
  @Int({ optional: true, min: 0, description: 'Price of a unit beyond' }) overageCents?: number;
}

export class PlanResponse {
  @Text({ ...CODE, example: 'sales.professional' }) code: string;
  @Int({ min: 1, description: 'Rises with every edit; subscribers keep theirs' }) version: number;
  @OneOf(PRODUCT_LINES) productLine: ProductLine;
  @Text({ max: 80, example: 'Professional' }) name: string;
  @Int({ min: 0 }) rank: number;
  @Texts({ max: 20 }) features: string[];
  @Int({ min: 1, nullable: true, description: 'Null: not limited' }) seats: number | null;
  @Int({ min: 0, nullable: true, description: 'Procedures of the catalogue that can be seen; null: all' })
  proceduresVisible: number | null;
  @Bool() isPublic: boolean;
  @Bool({ description: 'Figures are examples, not an offer (C-28)' }) isExample: boolean;
  @ListOf(() => PlanPrice, { max: 10 }) prices: PlanPrice[];
  @ListOf(() => PlanEntitlement, { max: 20 }) entitlements: PlanEntitlement[];
  @Texts({ max: 10, in: MODULES }) modules: PlanModule[];
}

export class PackResponse {
  @Text({ ...CODE, example: 'minutes_300' }) code: string;
  @Int({ min: 1 }) version: number;
  @OneOf(PACK_KINDS) kind: PackKind;
  @OneOf(USAGE_METERS) meter: UsageMeter;
  @Int({ min: 1 }) quantity: number;
  @Int({ min: 1 }) amountCents: number;
  @Text({ min: 3, max: 3 }) currency: string;
  @Bool() isActive: boolean;
  @Bool() isExample: boolean;
}

export class CatalogueResponse {
  @ListOf(() => PlanResponse) plans: PlanResponse[];
  @ListOf(() => PackResponse) packs: PackResponse[];
}

export class CodeParam {
  @Text(CODE) code: string;
}

/** What is left out stays as it is. */
export class PlanEdit {
  @Text({ optional: true, max: 80 }) name?: string;
  @Texts({ optional: true, max: 20 }) features?: string[];
  @Int({ optional: true, nullable: true, min: 1 }) seats?: number | null;
  @Int({ optional: true, nullable: true, min: 0 }) proceduresVisible?: number | null;
  @Bool({ optional: true }) isPublic?: boolean;
  @ListOf(() => PlanPrice, { optional: true, max: 3 }) prices?: PlanPrice[];
  @ListOf(() => PlanEntitlement, { optional: true, max: 20 }) entitlements?: PlanEntitlement[];
  @Texts({ optional: true, max: 10, in: MODULES }) modules?: PlanModule[];
}

export class EditPlanRequest extends PlanEdit {
  @Text(CODE) code: string;
}

export class PackEdit {
  @Int({ min: 1 }) quantity: number;
  @Int({ min: 50, description: 'Stripe charges no less than 50 cents' }) amountCents: number;
  @Text({ optional: true, min: 3, max: 3, pattern: /^[A-Z]{3}$/ }) currency?: string;
  @Bool({ optional: true }) isActive?: boolean;
}

export class EditPackRequest extends PackEdit {
  @Text(CODE) code: string;
}

export class PlanPreview {
  @Text(CODE) code: string;
  @Text({ min: 7, max: 7, example: '2026-10', description: 'The month looked at, UTC' }) month: string;
  @Int({ min: 0, description: 'Subscriptions to the plan that were paid for in it' }) subscribers: number;
  @Int({ description: 'Their prices of a month and overage, each under the version held then' })
  currentCents: number;
  @Int({ description: 'What they would have paid under the edit' }) editedCents: number;
  @Int({ min: 0, description: 'Those of them who used more than the edit includes' }) overIncluded: number;
}

/** Open to everybody: the newest version of each plan and pack on offer. */
export const listPlans = defineOperation({
  name: 'billing.plans.list',
  service: 'billing',
  request: Nothing,
  response: CatalogueResponse,
});

/** Makes a new version. */
export const editPlan = defineOperation({
  name: 'billing.plans.edit',
  service: 'billing',
  role: 'super_admin',
  request: EditPlanRequest,
  response: PlanResponse,
});

export const editPack = defineOperation({
  name: 'billing.packs.edit',
  service: 'billing',
  role: 'super_admin',
  request: EditPackRequest,
  response: PackResponse,
});

/** Changes nothing. */
export const previewPlan = defineOperation({
  name: 'billing.plans.preview',
  service: 'billing',
  role: 'super_admin',
  request: EditPlanRequest,
  response: PlanPreview,
  timeoutMs: 30_000,
});
