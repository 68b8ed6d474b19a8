import type { PriceInterval, UsageMeter } from '@parley/contracts';
import type { Plan } from './plan';

/** Units used since a period began. */
interface Use {
  readonly used: number;
  /** Of them paid by units that were bought or given: they pay whatever the plan includes. */
  readonly otherwise: number;
}

/** What one period of a subscription saw of one meter, in a month that need not begin with it. */
export interface MeterMonth {
  readonly meter: UsageMeter;
  readonly before: Use;
  readonly through: Use;
  /** Used in the month, and paid by nothing: what the plan bills. */
  readonly unpaid: number;
}

/** One subscription as it was in a month. */
export interface SubscriberMonth {
  readonly planId: string;
  readonly interval: PriceInterval;
  readonly quantity: number;
  readonly meters: readonly MeterMonth[];
}

type Priced = Pick<Plan, 'prices' | 'entitlements'>;

/** What the month cost under the plan that was held. */
export function costOf(plan: Priced, month: SubscriberMonth): number {
  const overage = month.meters.map(({ meter, unpaid }) => unpaid * overageCents(plan, meter));
  return priceOf(plan, month) + sum(overage);
}

/** What it would have cost under another. */
export function costUnder(plan: Priced, month: SubscriberMonth): number {
  const overage = month.meters.map((each) => {
    const included = includedOf(plan, each.meter);
    const unpaid = ({ used, otherwise }: Use): number => Math.max(0, used - otherwise - included);
    return (unpaid(each.through) - unpaid(each.before)) * overageCents(plan, each.meter);
  });
  return priceOf(plan, month) + sum(overage);
}

/** Whether more was used than a plan includes, whatever paid for it. */
export const goesBeyond = (plan: Priced, { meters }: SubscriberMonth): boolean =>
  meters.some(
    ({ meter, before, through }) => through.used > before.used && through.used > includedOf(plan, meter),
  );

function priceOf({ prices }: Priced, { interval, quantity }: SubscriberMonth): number {
  const price = prices.find((each) => each.interval === interval) ?? prices[0];
  return price ? Math.round((price.amountCents * quantity) / (price.interval === 'year' ? 12 : 1)) : 0;
}

const entitlementOf = ({ entitlements }: Priced, meter: UsageMeter) =>
  entitlements.find((each) => each.meter === meter);

function overageCents(plan: Priced, meter: UsageMeter): number {
  const entitlement = entitlementOf(plan, meter);
  return entitlement?.overage ? entitlement.overageCents : 0;
}

function includedOf(plan: Priced, meter: UsageMeter): number {
  const entitlement = entitlementOf(plan, meter);
  return entitlement ? (entitlement.included ?? Infinity) : 0;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, each) => total + each, 0);
