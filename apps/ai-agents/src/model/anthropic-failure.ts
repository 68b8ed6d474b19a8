import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import { ModelFailed } from './chat-model';

/**
 * The provider's error in our words. Its type counts first: an error event inside a stream has no status, and its
 * class says nothing.
 * @param opened whether the answer had begun, so that tokens were used
 */
export function toModelFailure(error: unknown, opened: boolean): ModelFailed {
  if (error instanceof ModelFailed) return error;
  const cause = { cause: error };
  if (error instanceof APIConnectionTimeoutError) {
    return new ModelFailed('UPSTREAM_TIMEOUT', 'timeout', !opened, cause);
  }
  if (error instanceof APIConnectionError) {
    return new ModelFailed('PROVIDER_ERROR', 'connection_failed', !opened, cause);
  }
  if (error instanceof APIError) {
    const type = error.type ?? (error.status === undefined ? 'stream_broken' : `status_${error.status}`);
    const code = type === 'timeout_error' ? 'UPSTREAM_TIMEOUT' : 'PROVIDER_ERROR';
    return new ModelFailed(code, type, !opened, cause);
  }
  if (opened) return new ModelFailed('PROVIDER_ERROR', 'stream_broken', false, cause);
  return new ModelFailed('INTERNAL', 'unexpected', true, cause);
}

/** Refusals of our account or our request: trying again will not help, a person must act. */
export const NEEDS_A_PERSON: ReadonlySet<string> = new Set([
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'request_too_large',
  'unexpected',
]);
