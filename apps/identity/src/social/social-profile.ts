import type { SocialProviderName } from '@parley/contracts';
import { isEmail } from 'class-validator';
import { normalizeEmail } from '../account/user.repository';

/**
 * What a provider's word about an address is worth.
 * - `authoritative`: it runs the mailbox or the domain; good enough to join an existing account.
 * - `verified`: it sent a mail there once, at some time; good enough for a new account.
 * - `none`: it is only told.
 */
export type EmailTrust = 'authoritative' | 'verified' | 'none';

/** Who a provider says somebody is. The identity is (provider, issuer, subject), never the address. */
export interface SocialProfile {
  provider: SocialProviderName;
  issuer: string;
  subject: string;
  email: string | null;
  emailTrust: EmailTrust;
  name: string | null;
}

/** Claims about a person, from an ID token or a userinfo answer. */
export interface ProfileClaims {
  sub: string;
  email?: unknown;
  email_verified?: unknown;
  hd?: unknown;
  name?: unknown;
}

const MAX_NAME = 200;

/** LinkedIn writes the flag as text at times; nothing else counts as yes. */
const isTrue = (flag: unknown): boolean => flag === true || flag === 'true';

const filled = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

export const emailOf = (value: unknown): string | null =>
  filled(value) && isEmail(value) ? normalizeEmail(value) : null;

export const nameOf = (value: unknown): string | null =>
  filled(value)
    ? // Control characters have no place in a name, and PostgreSQL takes no NUL.
      value
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, MAX_NAME) || null
    : null;

/** Google runs gmail.com, and with `hd` the domain is one of its Workspace customers'. */
export function googleTrust({ email, email_verified, hd }: ProfileClaims): EmailTrust {
  if (!isTrue(email_verified)) return 'none';
  const runsMailbox = filled(hd) || emailOf(email)?.endsWith('@gmail.com');
  return runsMailbox ? 'authoritative' : 'verified';
}

/** LinkedIn verifies addresses, and says itself that it does not verify members. */
export const linkedinTrust = ({ email_verified }: ProfileClaims): EmailTrust =>
  isTrue(email_verified) ? 'verified' : 'none';
