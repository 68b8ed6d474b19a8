const DAY_SECONDS = 86_400;

/** Jitter is only ever added, so that an announced wait is never cut short. */
const MIN_JITTER = 0.1;
const MAX_JITTER = 0.2;

export interface Backoff {
  /** Wait before the second attempt; doubles with every further one. */
  readonly baseSeconds: number;
  /** The endpoint's own waits instead; the last repeats. */
  readonly schedule: readonly number[] | null;
}

/** Seconds to wait after `attempts` attempts (C-49). */
export function waitSeconds(
  { baseSeconds, schedule }: Backoff,
  attempts: number,
  random = Math.random,
): number {
  const wait = schedule?.[Math.min(attempts, schedule.length) - 1] ?? baseSeconds * 2 ** (attempts - 1);
  const jitter = MIN_JITTER + (MAX_JITTER - MIN_JITTER) * random();
  return Math.min(wait, DAY_SECONDS) * (1 + jitter);
}
