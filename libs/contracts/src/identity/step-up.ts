import { Int, Nested, OneOf, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { PasskeyAssertion, PasskeyOptionsResponse } from './passkeys';
import { HASHING_TIMEOUT_MS } from './session';

/** Exactly one of `password`, `code`, `recoveryCode` and `passkey`; a password only without a second factor. */
export class StepUpRequest {
  @Text({ optional: true, max: 1024 }) password?: string;
  @Text({ optional: true, max: 6, pattern: /^\d{6}$/, description: 'Six digits of the authenticator app' })
  code?: string;
  @Text({ optional: true, max: 64 }) recoveryCode?: string;
  @Text({ optional: true, max: 64, description: 'With `passkey`: from its options' }) challengeToken?: string;
  @Nested(() => PasskeyAssertion, { optional: true }) passkey?: PasskeyAssertion;
}

/** The session goes on under the same refresh token. */
export class StepUpResponse {
  @Text({ max: 4096 }) accessToken: string;
  @Int({ description: 'Seconds the access token lives' }) expiresIn: number;
  @OneOf(['Bearer']) tokenType: 'Bearer';
}

export const stepUp = defineOperation({
  name: 'identity.session.step-up',
  service: 'identity',
  request: StepUpRequest,
  response: StepUpResponse,
  timeoutMs: HASHING_TIMEOUT_MS,
});

export const stepUpPasskeyOptions = defineOperation({
  name: 'identity.session.step-up-passkey-options',
  service: 'identity',
  request: Nothing,
  response: PasskeyOptionsResponse,
});
