import { Email, OneOf } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';
import { TOKEN_PURPOSES, type TokenPurpose } from './verification-token';

class AccountMailJob {
  @OneOf(TOKEN_PURPOSES) purpose: TokenPurpose;
  @Email() email: string;
}

/** Looks the address up after the answer went out, so that neither words nor time tell who has an account. */
export const accountMail: JobDefinition<AccountMailJob> = {
  name: 'identity.account-mail',
  payload: AccountMailJob,
  maxAttempts: 10,
};
