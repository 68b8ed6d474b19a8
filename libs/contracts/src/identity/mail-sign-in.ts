import { OneOf, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { HASHING_TIMEOUT_MS, PASSWORD_HELP, SessionResponse } from './session';

export const MAIL_TOKEN_PURPOSES = ['verify_email', 'reset_password'] as const;
export type MailTokenPurpose = (typeof MAIL_TOKEN_PURPOSES)[number];

export class MailSignInRequest {
  @Text({ max: 256, description: 'From the link in the mail; good for one use' }) token: string;
  @OneOf(MAIL_TOKEN_PURPOSES) purpose: MailTokenPurpose;
}

export class SetPasswordRequest {
  @Text({ min: 10, max: 128, description: PASSWORD_HELP }) newPassword: string;
}

/** Whoever reads the mail owns the address: it counts as verified, and a session opens. */
export const signInByMail = defineOperation({
  name: 'identity.session.open-by-mail',
  service: 'identity',
  request: MailSignInRequest,
  response: SessionResponse,
});

/**
 * For who signed in a moment ago, by password or by mail: the proof is as fresh as asking for the password again.
 * Ends every other session.
 */
export const setPassword = defineOperation({
  name: 'identity.password.set',
  service: 'identity',
  request: SetPasswordRequest,
  response: Nothing,
  timeoutMs: HASHING_TIMEOUT_MS,
});
