import { type Answer, retryAfterSeconds, verdictOf } from './answer';
import { type Backoff, waitSeconds } from './backoff';

/** Where a delivery stands after an attempt. */
export type Step =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed'; readonly nextAttemptAt: Date }
  | { readonly status: 'dead' };

export interface AttemptedDelivery {
  /** Attempts so far, this one included. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly answer: Answer;
}

export function nextStep(
  { attempt, maxAttempts, answer }: AttemptedDelivery,
  backoff: Backoff,
  now: Date,
  random = Math.random,
): Step {
  const verdict = verdictOf(answer);
  if (verdict === 'delivered') return { status: 'delivered' };
  if (verdict === 'gone' || attempt >= maxAttempts) return { status: 'dead' };
  const asked = verdict === 'overloaded' ? (retryAfterSeconds(answer, now) ?? 0) : 0;
  const wait = Math.max(waitSeconds(backoff, attempt, random), asked);
  return { status: 'failed', nextAttemptAt: new Date(now.getTime() + wait * 1000) };
}
