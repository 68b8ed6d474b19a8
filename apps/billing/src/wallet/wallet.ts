import type { CreditState } from '@parley/contracts';

/** What is known of a tenant's credits. */
export interface Credits {
  readonly balance: number;
  /** When the tenant is known to exist and has had its free credits. */
  readonly openedAt: Date | null;
  readonly firstUsedAt: Date | null;
  /** When the tenant was told that credits are low; null once refilled. */
  readonly lowNotifiedAt: Date | null;
}

/**
 * Whether to say that credits are low: once until they are refilled. A wallet that still waits for its free
 * credits is not low, only early: its first call overtook the news of the tenant.
 */
export function lowNotice(
  { balance, openedAt, lowNotifiedAt }: Credits,
  threshold: number,
  now: Date,
): { lowNotifiedAt: Date | null; due: boolean } {
  if (balance >= threshold) return { lowNotifiedAt: null, due: false };
  if (openedAt === null || lowNotifiedAt !== null) return { lowNotifiedAt, due: false };
  return { lowNotifiedAt: now, due: true };
}

/** BR-033 without the shop: unused credits are `new` whatever their number. */
export function creditState({ firstUsedAt, balance }: Credits, threshold: number): CreditState {
  if (firstUsedAt === null) return 'new';
  if (balance <= 0) return 'exhausted';
  return balance < threshold ? 'low' : 'active';
}
