import type { Plan, Price } from '../catalogue/plan';

export type PlanChange = 'subscribe' | 'upgrade' | 'downgrade' | 'none';

export interface Held {
  readonly plan: Plan;
  readonly interval: Price['interval'];
}

/** More at once, less when what is paid for is over. */
export function changeOf(held: Held | undefined, plan: Plan, interval: Price['interval']): PlanChange {
  if (!held) return 'subscribe';
  if (held.plan.id === plan.id && held.interval === interval) return 'none';
  if (plan.rank !== held.plan.rank) return plan.rank > held.plan.rank ? 'upgrade' : 'downgrade';
  if (held.interval !== interval) return interval === 'year' ? 'upgrade' : 'downgrade';
  return amountOf(plan, interval) >= amountOf(held.plan, interval) ? 'upgrade' : 'downgrade';
}

export const amountOf = ({ prices }: Pick<Plan, 'prices'>, interval: Price['interval']): number =>
  prices.find((price) => price.interval === interval)?.amountCents ?? 0;
