import type { SendOutcome } from './mailer';

/** Longest rest we take on a provider's word, in seconds. */
const MAX_REST_SECONDS = 3600;

/** What Resend's answer means. Its message may quote an address, so only status and name are kept. */
export function outcomeOf(status: number, body: string, retryAfter?: string): SendOutcome {
  const { id, name } = fieldsOf(body);
  if (status >= 200 && status < 300) {
    return id ? { kind: 'sent', providerId: id } : { kind: 'try-again', error: `${status} without an id` };
  }
  const error = name ? `${status} ${name}` : String(status);
  const mayPass =
    status >= 500 || status === 408 || status === 429 || name === 'concurrent_idempotent_requests';
  if (!mayPass) return { kind: 'refused', error };
  const seconds = Number(retryAfter);
  if (!Number.isFinite(seconds) || seconds <= 0) return { kind: 'try-again', error };
  return { kind: 'try-again', error, afterSeconds: Math.min(seconds, MAX_REST_SECONDS) };
}

function fieldsOf(body: string): { id?: string; name?: string } {
  const parsed = parse(body);
  const { id, name } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<
    string,
    unknown
  >;
  return {
    ...(typeof id === 'string' && id !== '' ? { id: id.slice(0, 100) } : {}),
    ...(typeof name === 'string' && /^\w{1,60}$/.test(name) ? { name } : {}),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
