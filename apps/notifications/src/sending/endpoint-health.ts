import type { PayloadFormat } from '@parley/contracts';
import { type Answer, retryAfterSeconds, verdictOf } from './answer';

const HOUR_MS = 3_600_000;

/** From here on an endpoint in an outage is asked one delivery at a time, with rests between. */
export const BROKEN_AFTER = 5;

/** Rests double up to sixteen times the first. */
const MAX_REST_DOUBLINGS = 4;

/** How long n8n may answer 404 before it is paused: it does so while a workflow is not active. */
const N8N_PAUSE_AFTER_MS = 24 * HOUR_MS;

export interface EndpointHealth {
  readonly consecutiveFailures: number;
  readonly failingSince: Date | null;
  /** Nothing is sent before; the circuit breaker, and what `Retry-After` asked for. */
  readonly restingUntil: Date | null;
  /** Set when the platform stops sending. */
  readonly stopped?: { status: 'paused' | 'disabled'; reason: string };
}

export interface HealthPolicy {
  readonly baseSeconds: number;
  readonly disableAfterMs: number;
  readonly format: PayloadFormat;
}

/** The endpoint after one more answer. A success ends the failing, but no rest that somebody asked for. */
export function healthAfter(
  health: EndpointHealth,
  answer: Answer,
  policy: HealthPolicy,
  now: Date,
): EndpointHealth {
  const verdict = verdictOf(answer);
  if (verdict === 'delivered') return { ...health, consecutiveFailures: 0, failingSince: null };
  const consecutiveFailures = health.consecutiveFailures + 1;
  const failingSince = health.failingSince ?? now;
  const rest = restSeconds(answer, consecutiveFailures, policy.baseSeconds, now);
  const until = new Date(now.getTime() + rest * 1000);
  const stopped = health.stopped ?? stopAfter(answer, now.getTime() - failingSince.getTime(), policy);
  return {
    consecutiveFailures,
    failingSince,
    restingUntil: rest > 0 && until > (health.restingUntil ?? now) ? until : health.restingUntil,
    ...(stopped ? { stopped } : {}),
  };
}

function restSeconds(answer: Answer, failures: number, baseSeconds: number, now: Date): number {
  const verdict = verdictOf(answer);
  const asked = verdict === 'overloaded' ? (retryAfterSeconds(answer, now) ?? baseSeconds) : 0;
  const broken = failures >= BROKEN_AFTER && (verdict === 'outage' || verdict === 'overloaded');
  const doublings = Math.min(failures - BROKEN_AFTER, MAX_REST_DOUBLINGS);
  return Math.max(asked, broken ? baseSeconds * 2 ** doublings : 0);
}

function stopAfter(
  answer: Answer,
  failingMs: number,
  { disableAfterMs, format }: HealthPolicy,
): EndpointHealth['stopped'] {
  if (verdictOf(answer) === 'gone') return { status: 'disabled', reason: 'The receiver answered 410 Gone' };
  if (failingMs >= disableAfterMs) {
    return {
      status: 'disabled',
      reason: `Nothing was delivered for ${Math.floor(failingMs / HOUR_MS / 24)} days`,
    };
  }
  if (format === 'n8n' && answer.status === 404 && failingMs >= N8N_PAUSE_AFTER_MS) {
    return { status: 'paused', reason: 'n8n answered 404 for a day: the workflow is not active' };
  }
  return undefined;
}
