/** BR-004: of one place, and of an account at all places nobody knows together. */
export const FAILURE_LIMIT = 5;
export const ACCOUNT_FAILURE_LIMIT = 25;
export const FAILURE_WINDOW_SECONDS = 15 * 60;
export const LOCK_SECONDS = 15 * 60;

/** What stands between an e-mail address and guessing; addresses without an account have one too. */
export interface LoginGuard {
  /** Failures since the last success or lock, fewer than its limit. */
  failedAt: Date[];
  lockedUntil: Date | null;
}

export const OPEN_GUARD: LoginGuard = { failedAt: [], lockedUntil: null };

/** Whole seconds until the lock ends; 0 when there is none. */
export function lockedForSeconds({ lockedUntil }: LoginGuard, at: Date): number {
  if (!lockedUntil) return 0;
  return Math.max(0, Math.ceil((lockedUntil.getTime() - at.getTime()) / 1000));
}

/**
 * The guard after one more failure at `at`. The failure that reaches the limit locks and starts a clean count; one
 * while it is locked changes nothing: it must not lift the lock.
 */
export function afterFailure(guard: LoginGuard, at: Date, limit = FAILURE_LIMIT): LoginGuard {
  if (lockedForSeconds(guard, at) > 0) return guard;
  const windowStart = at.getTime() - FAILURE_WINDOW_SECONDS * 1000;
  const failures = [...guard.failedAt.filter((failed) => failed.getTime() > windowStart), at];
  if (failures.length < limit) return { failedAt: failures, lockedUntil: null };
  return { failedAt: [], lockedUntil: new Date(at.getTime() + LOCK_SECONDS * 1000) };
}
