import type { CallStatus } from '@parley/contracts';

const BY_NAME: Readonly<Record<string, CallStatus>> = {
  'customer-ended-call': 'completed',
  'assistant-ended-call': 'completed',
  'assistant-said-end-call-phrase': 'completed',
  'assistant-forwarded-call': 'completed',
  'silence-timed-out': 'completed',
  'exceeded-max-duration': 'completed',
  voicemail: 'completed',
  'customer-busy': 'busy',
  'customer-did-not-answer': 'no_answer',
  'manually-canceled': 'cancelled',
  'call-deleted': 'cancelled',
};

/** For the rest of some 600 names. The first prefix that fits decides. */
const BY_PREFIX: readonly (readonly [prefix: string, status: CallStatus])[] = [
  ['customer-ended-call', 'completed'],
  ['assistant-ended-call', 'completed'],
  ['assistant-forwarded-call', 'completed'],
  ['call.forwarding', 'completed'],
  ['customer-busy', 'busy'],
  ['customer-did-not', 'no_answer'],
];

/**
 * How the call ended. Everything unknown is a failure: `assistant-request-…`, `call.start.error-…`,
 * `call.in-progress.error-…`, `pipeline-error-…`, `phone-call-provider-…`, `twilio-failed-to-connect-call`,
 * `worker-shutdown`.
 */
export function statusOfEndedReason(endedReason: string): CallStatus {
  const named = BY_NAME[endedReason];
  if (named) return named;
  const failing = /error|failed/.test(endedReason);
  const prefixed = BY_PREFIX.find(([prefix]) => endedReason.startsWith(prefix));
  return prefixed && !failing ? prefixed[1] : 'failed';
}
