import { AppError, type FieldFault } from '@parley/contracts';
import { SessionEnded } from '../edge/token-verifier';

/** A refusal in GoTrue's own words. */
export class GoTrueRefusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly weakPassword?: { reasons: string[] },
  ) {
    super(message);
  }
}

type Words = readonly [status: number, errorCode: string, message?: string];

const BY_CODE: Readonly<Record<string, Words>> = {
  INVALID_CREDENTIALS: [400, 'invalid_credentials', 'Invalid login credentials'],
  EMAIL_NOT_VERIFIED: [400, 'email_not_confirmed', 'Email not confirmed'],
  ACCOUNT_SUSPENDED: [400, 'user_banned', 'User is banned'],
  DUPLICATE: [422, 'user_already_exists', 'User already registered'],
  RATE_LIMITED: [429, 'over_request_rate_limit', 'Request rate limit reached'],
  ACCOUNT_LOCKED: [429, 'over_request_rate_limit'],
  REAUTHENTICATION_NEEDED: [400, 'reauthentication_needed'],
  MFA_REQUIRED: [403, 'insufficient_aal'],
  MFA_ENROLMENT_REQUIRED: [403, 'insufficient_aal'],
  STEP_UP_REQUIRED: [403, 'insufficient_aal'],
  TOKEN_EXPIRED: [403, 'bad_jwt', 'invalid JWT: token is expired'],
  INVALID_TOKEN: [403, 'bad_jwt', 'invalid JWT: unable to parse or verify signature'],
  UPSTREAM_TIMEOUT: [504, 'request_timeout'],
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'validation_failed',
  404: 'user_not_found',
  409: 'conflict',
  422: 'validation_failed',
};

/** Refusals of ours as GoTrue would say them. */
export function toGoTrueRefusal(error: AppError): GoTrueRefusal {
  if (error instanceof SessionEnded) {
    return new GoTrueRefusal(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
  }
  const fault = passwordFault(error);
  if (fault) {
    const reason = /character|byte|longer|shorter/.test(fault.message) ? 'length' : 'pwned';
    return new GoTrueRefusal(422, 'weak_password', `Password ${fault.message}`, { reasons: [reason] });
  }
  const [status, code, message = error.message] = BY_CODE[error.code] ?? [
    error.status,
    BY_STATUS[error.status] ?? 'unexpected_failure',
  ];
  return new GoTrueRefusal(status, code, message);
}

function passwordFault({ details }: AppError): FieldFault | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.find(({ field }) => field === 'password' || field === 'newPassword');
}

/** Passes errors on, except that one of ours is told as `refusal`. */
export const tellAs =
  (code: string, refusal: GoTrueRefusal) =>
  (error: unknown): never => {
    throw error instanceof AppError && error.code === code ? refusal : error;
  };
