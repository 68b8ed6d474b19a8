import type { PriceInterval, ProductLine, SubscriptionSource, SubscriptionStatus } from '@parley/contracts';
import type { Plan } from '../catalogue/plan';
import { monthOf, nextPeriod, type Window } from '../periods/windows';

/** What a tenant subscribed to; one lives per product line. */
export interface Subscription {
  readonly id: string;
  /** Stripe’s id, or ours for what is comped. */
  readonly externalId: string;
  readonly source: SubscriptionSource;
  readonly productLine: ProductLine;
  readonly planId: string;
  readonly status: SubscriptionStatus;
  readonly live: boolean;
  readonly interval: PriceInterval;
  readonly quantity: number;
  /** The day of the month its boundaries keep. */
  readonly startedAt: Date;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly trialEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  /** When its source said so. */
  readonly asOf: Date;
}

export interface HeldPlan {
  readonly subscription: Subscription;
  readonly plan: Plan;
}

const LIVE: readonly SubscriptionStatus[] = ['trialing', 'active', 'past_due'];

export const isLive = (status: SubscriptionStatus): boolean => LIVE.includes(status);

/** The stretch in which its allowance counts: a month, however long the period is that was paid for or given. */
export function windowOf(subscription: Subscription, now: Date): Window {
  const { source, interval, startedAt, periodStart: start, periodEnd: end } = subscription;
  if (source === 'comped') return monthOf({ start: startedAt, end }, now);
  return interval === 'year' ? monthOf({ start, end }, now) : { start, end };
}

/**
 * A subscription whose period is over when its source has not spoken yet: paid ones go on, cancelled ones end, and
 * those behind with their payment wait without an allowance.
 */
export function atBoundary(subscription: Subscription, now: Date): Subscription {
  if (subscription.periodEnd > now || !subscription.live) return subscription;
  if (subscription.cancelAtPeriodEnd) return { ...subscription, status: 'canceled', live: false };
  if (subscription.status === 'past_due' || subscription.interval === 'none') return subscription;
  let window: Window = { start: subscription.periodStart, end: subscription.periodEnd };
  while (window.end <= now) window = nextPeriod(window, subscription.startedAt, subscription.interval);
  return { ...subscription, periodStart: window.start, periodEnd: window.end };
}

/** Whether it includes anything now. */
export const includesNow = ({ live, periodEnd }: Subscription, now: Date): boolean => live && periodEnd > now;
