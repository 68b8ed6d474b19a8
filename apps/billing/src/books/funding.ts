import { FUNDING, type UsageMeter } from '@parley/contracts';
import type { Grant, GrantKind } from './books.state';

/** Burnt in this order: what lapses with its period, what was bought for the meter, gifts, what was bought for all. */
export const PRIORITY: Readonly<Record<GrantKind, number>> = {
  allowance: 10,
  topup: 20,
  bonus: 30,
  adjustment: 30,
  credits: 40,
};

/** Grants that pay for a meter, first to burn first: the meter's own, then by priority, expiry, age (C-19). */
export function burnOrder(grants: readonly Grant[], usageMeter: UsageMeter, now: Date): Grant[] {
  const chain = FUNDING[usageMeter];
  return grants
    .filter((grant) => grant.remaining > 0 && chain.includes(grant.meter) && !isExpired(grant, now))
    .sort(
      (a, b) =>
        chain.indexOf(a.meter) - chain.indexOf(b.meter) ||
        a.priority - b.priority ||
        (a.expiresAt?.getTime() ?? Infinity) - (b.expiresAt?.getTime() ?? Infinity) ||
        a.grantedAt.getTime() - b.grantedAt.getTime() ||
        (a.id < b.id ? -1 : 1),
    );
}

export const isExpired = ({ expiresAt }: Pick<Grant, 'expiresAt'>, now: Date): boolean =>
  expiresAt !== null && expiresAt <= now;

/** What a meter may use by itself, and what of it is promised. */
export interface Position {
  /** Balance and room over it, below zero in debt. Null: the plan does not limit it. */
  readonly free: number | null;
  readonly held: number;
  /** How far what pays last may go into debt for it. */
  readonly room: number;
}

/** What owes a meter's use when nothing is left to pay it. */
export const lastFunding = (meter: UsageMeter): UsageMeter => FUNDING[meter].at(-1) ?? meter;

/** How many more units a meter could promise: its own, then what the other minutes leave of the credits. */
export function available(positionOf: (meter: UsageMeter) => Position, meter: UsageMeter): number {
  const own = positionOf(meter);
  if (own.free === null) return Infinity;
  const rest = own.free - own.held;
  if (meter === 'credits' || !FUNDING[meter].includes('credits')) return rest;
  const credits = positionOf('credits');
  const promised = MINUTES.filter((other) => other !== meter).reduce(
    (sum, other) => sum + fromCredits(positionOf(other)),
    credits.held,
  );
  // What lies on the meter itself stays its own even when credits are in debt.
  const left = (credits.free ?? Infinity) - promised + own.room;
  return rest > 0 ? rest + Math.max(0, left) : rest + left;
}

const MINUTES: readonly UsageMeter[] = ['voice_minutes', 'practice_minutes'];

const fromCredits = ({ free, held }: Position): number => (free === null ? 0 : Math.max(0, held - free));
