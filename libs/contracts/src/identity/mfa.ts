import { Bool, Instant, Int, ListOf, Nested, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { Passkey, PasskeyAssertion, PasskeyOptionsResponse } from './passkeys';
import { DEVICE_TOKEN_HELP, SessionResponse } from './session';

const CODE = /^\d{6}$/;
const CODE_HELP = 'Six digits of the authenticator app';

/** What somebody can answer a challenge with. */
export const MFA_METHODS = ['totp', 'passkey', 'recovery_code'] as const;
export type MfaMethod = (typeof MFA_METHODS)[number];

/** Exactly one of `code`, `recoveryCode` and `passkey`. */
export class VerifyMfaRequest {
  @Text({ max: 64, description: 'From the answer MFA_REQUIRED' }) challengeToken: string;
  @Text({ optional: true, max: 6, pattern: CODE, description: CODE_HELP }) code?: string;
  @Text({ optional: true, max: 64, description: 'Each works once' }) recoveryCode?: string;
  @Nested(() => PasskeyAssertion, { optional: true }) passkey?: PasskeyAssertion;
  @Text({ optional: true, max: 64, description: DEVICE_TOKEN_HELP, example: 'from-an-earlier-sign-in' })
  deviceToken?: string;
}

export class MfaChallengeRequest {
  @Text({ max: 64, description: 'From the answer MFA_REQUIRED' }) challengeToken: string;
  @Text({ optional: true, max: 64, description: DEVICE_TOKEN_HELP, example: 'from-an-earlier-sign-in' })
  deviceToken?: string;
}

export class TotpStanding {
  @Instant() enrolledAt: string;
}

export class MfaOverview {
  @Bool({ description: 'Sign-in asks for a second factor' }) enrolled: boolean;
  @Bool({ description: 'The active tenant requires one' }) required: boolean;
  @Nested(() => TotpStanding, { nullable: true }) totp: TotpStanding | null;
  @ListOf(() => Passkey) passkeys: Passkey[];
  @Int({ min: 0 }) recoveryCodesLeft: number;
}

export class TotpSecret {
  @Text({ max: 64, description: 'To type into the app; shown this once' }) secret: string;
  @Text({ max: 1024, description: '`otpauth://` address, for a QR code' }) uri: string;
}

export class ConfirmTotpRequest {
  @Text({ max: 6, pattern: CODE, description: CODE_HELP }) code: string;
}

export class ConfirmedTotp {
  @Texts({ nullable: true, description: 'With the first factor; shown this once' })
  recoveryCodes: string[] | null;
}

export class RecoveryCodes {
  @Texts({ description: 'Each good for one sign-in; shown this once' }) recoveryCodes: string[];
}

export class MfaPolicy {
  @Bool({ description: 'Members without a second factor may do nothing but enrol one' }) requireMfa: boolean;
}

export class ResetMfaRequest {
  @Uuid() id: string;
}

/** The second half of a sign-in. */
export const verifyMfa = defineOperation({
  name: 'identity.mfa.verify',
  service: 'identity',
  request: VerifyMfaRequest,
  response: SessionResponse,
});

export const mfaPasskeyOptions = defineOperation({
  name: 'identity.mfa.passkey-options',
  service: 'identity',
  request: MfaChallengeRequest,
  response: PasskeyOptionsResponse,
});

export const getMfa = defineOperation({
  name: 'identity.mfa.get',
  service: 'identity',
  request: Nothing,
  response: MfaOverview,
});

/** Asking again before the first code replaces the secret. */
export const beginTotp = defineOperation({
  name: 'identity.mfa.totp-begin',
  service: 'identity',
  request: Nothing,
  response: TotpSecret,
});

export const confirmTotp = defineOperation({
  name: 'identity.mfa.totp-confirm',
  service: 'identity',
  request: ConfirmTotpRequest,
  response: ConfirmedTotp,
});

export const removeTotp = defineOperation({
  name: 'identity.mfa.totp-remove',
  service: 'identity',
  request: Nothing,
  response: Nothing,
});

/** The codes before stop working. */
export const renewRecoveryCodes = defineOperation({
  name: 'identity.mfa.recovery-codes-renew',
  service: 'identity',
  request: Nothing,
  response: RecoveryCodes,
});

export const getMfaPolicy = defineOperation({
  name: 'identity.mfa.policy-get',
  service: 'identity',
  request: Nothing,
  response: MfaPolicy,
});

/** Requiring it ends the sessions of members who have none, so that their next one says so. */
export const putMfaPolicy = defineOperation({
  name: 'identity.mfa.policy-put',
  service: 'identity',
  request: MfaPolicy,
  response: MfaPolicy,
});

/** Takes every factor from somebody who lost them, and ends their sessions. */
export const resetMfa = defineOperation({
  name: 'identity.mfa.reset',
  service: 'identity',
  request: ResetMfaRequest,
  response: Nothing,
  role: 'super_admin',
});
