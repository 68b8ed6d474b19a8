import type { AppError, SocialProviderName } from '@parley/contracts';
import { errors as jose } from 'jose';
import { ClientError, ResponseBodyError } from 'openid-client';
import { ConsentDenied, ProofRefused, SocialProviderFailed, SocialProviderTimedOut } from './social.errors';

/** LinkedIn has words of its own for the cancel button. */
const CANCELLED = new Set(['access_denied', 'user_cancelled_login', 'user_cancelled_authorize']);

/** The provider answered, but not as one that works would. */
const NOT_WORKING = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_ABORT',
]);

const isTimeout = (error: unknown): boolean =>
  (error instanceof ClientError && error.code === 'OAUTH_TIMEOUT') ||
  (error instanceof DOMException && error.name === 'TimeoutError') ||
  error instanceof jose.JWKSTimeout;

/**
 * What went wrong at a provider, in our words: the person's refusal, a proof that does not hold, or a provider that
 * does not work. Our own client being refused is the last: whoever signs in cannot mend it.
 */
export function refusalOf(provider: SocialProviderName, error: unknown): AppError {
  if (isTimeout(error)) return new SocialProviderTimedOut(provider);
  if (error instanceof ResponseBodyError)
    return error.error === 'invalid_grant'
      ? new ProofRefused(error.error)
      : new SocialProviderFailed(provider, error);
  if (error instanceof ClientError && error.code && !NOT_WORKING.has(error.code))
    return new ProofRefused(error.code);
  // Keys that cannot be fetched raise the base class; everything derived says that the token is bad.
  if (error instanceof jose.JOSEError && error.code !== 'ERR_JOSE_GENERIC')
    return new ProofRefused(error.code);
  return new SocialProviderFailed(provider, error);
}

/**
 * What an answer without a code says, if it is one. Read before anything else: providers leave out of their errors what
 * the standard has them repeat.
 */
export function refusalIn(params: URLSearchParams): AppError | undefined {
  const error = params.get('error');
  if (error === null) return undefined;
  return CANCELLED.has(error) ? new ConsentDenied() : new ProofRefused(error);
}
