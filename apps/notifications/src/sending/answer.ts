/** What an attempt came to: the receiver's answer, or why there was none. */
export interface Answer {
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  /** Its first kilobyte. */
  readonly body: string | null;
  readonly durationMs: number;
  /** Why there was no answer. */
  readonly error: string | null;
}

/**
 * `refused`: the receiver is there and does not want it; may be mended, so tried again. `outage`: no answer, or one
 * that tells of trouble. `overloaded`: the whole endpoint must be left alone for a while. `gone`: never again.
 */
export type Verdict = 'delivered' | 'refused' | 'outage' | 'overloaded' | 'gone';

const OVERLOADED = new Set([429, 502, 503, 504]);

export function verdictOf({ status }: Pick<Answer, 'status'>): Verdict {
  if (status === null) return 'outage';
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  if (OVERLOADED.has(status)) return 'overloaded';
  return status >= 500 ? 'outage' : 'refused';
}

const DAY_SECONDS = 86_400;

/** `Retry-After` in seconds or as a date, at most a day; undefined when there is none that can be read. */
export function retryAfterSeconds(answer: Answer, now: Date): number | undefined {
  const value = answer.headers?.['retry-after']?.trim();
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), DAY_SECONDS);
}

export function errorOf(answer: Answer): string | null {
  if (answer.error !== null || answer.status === null) return answer.error;
  if (verdictOf(answer) === 'delivered') return null;
  return answer.status >= 300 && answer.status < 400
    ? `status ${answer.status}: redirects are not followed`
    : `status ${answer.status}`;
}
