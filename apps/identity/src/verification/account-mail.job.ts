import { Email, OneOf } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';
import { TOKEN_PURPOSES, type TokenPurpose } from './verification-token';

/** What a mail to the owner of an address is about: a token they may use, or that somebody registered with it again. */
export type AccountMailAbout = TokenPurpose | 'registration_attempted';

class AccountMailJob {
  @OneOf([...TOKEN_PURPOSES, 'registration_attempted']) purpose: AccountMailAbout;
  @Email() email: string;
}

/** Looks the address up after the answer went out, so that neither words nor time tell who has an account. */
export const accountMail: JobDefinition<AccountMailJob> = {
  name: 'identity.account-mail',
  payload: AccountMailJob,
  maxAttempts: 10,
};
