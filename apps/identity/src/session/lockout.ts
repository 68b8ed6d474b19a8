/** BR-004. */
export const FAILURE_LIMIT = 5;
export const FAILURE_WINDOW_SECONDS = 15 * 60;
export const LOCK_SECONDS = 15 * 60;

/** What stands between one e-mail address and guessing; addresses without an account have one too. */
export interface LoginGuard {
  /** Failures since the last success or lock, at most FAILURE_LIMIT - 1 of them. */
  failedAt: Date[];
  lockedUntil: Date | null;
}

export const OPEN_GUARD: LoginGuard = { failedAt: [], lockedUntil: null };

/** Whole seconds until the lock ends; 0 when there is none. */
export function lockedForSeconds({ lockedUntil }: LoginGuard, at: Date): number {
  if (!lockedUntil) return 0;
  return Math.max(0, Math.ceil((lockedUntil.getTime() - at.getTime()) / 1000));
}

/** The guard after one more failure at `at`. The failure that reaches the limit locks and starts a clean count. */
export function afterFailure({ failedAt }: LoginGuard, at: Date): LoginGuard {
  const windowStart = at.getTime() - FAILURE_WINDOW_SECONDS * 1000;
  const failures = [...failedAt.filter((failed) => failed.getTime() > windowStart), at];
  if (failures.length < FAILURE_LIMIT) return { failedAt: failures, lockedUntil: null };
  return { failedAt: [], lockedUntil: new Date(at.getTime() + LOCK_SECONDS * 1000) };
}
