import { OmitType } from '@nestjs/swagger';
import { Email, Instant, Nested, OneOf, Phone, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { MeResponse } from './account';
import { OwnApiKeys } from './provider-keys';
import { HASHING_TIMEOUT_MS, PASSWORD_HELP } from './session';

export class EmailAddressRequest {
  @Email({ example: 'elise@plomberie-tremblay.ca' }) email: string;
}

export class VerifyEmailRequest {
  @Text({
    max: 256,
    description: 'From the link in the mail; good for one use',
    example: 'from-the-link-in-the-mail',
  })
  token: string;
}

export class VerifyEmailResponse {
  @Email() email: string;
  @Instant() verifiedAt: string;
}

export class ResetPasswordRequest {
  @Text({
    max: 256,
    description: 'From the link in the mail; good for one use',
    example: 'from-the-link-in-the-mail',
  })
  token: string;
  @Text({ min: 10, max: 128, description: PASSWORD_HELP, example: 'a longer passphrase' }) password: string;
}

export class ChangePasswordRequest {
  @Text({ max: 1024, example: 'a long passphrase' }) currentPassword: string;
  @Text({ min: 10, max: 128, description: PASSWORD_HELP, example: 'a longer passphrase' })
  newPassword: string;
}

/** A field left out stays as it is. */
export class UpdateMeRequest {
  @Text({ optional: true, max: 200, pattern: /\S/, example: 'Élise Tremblay' }) name?: string;
  @Phone({ optional: true, nullable: true, description: 'null removes it' }) phone?: string | null;
  @OneOf(['en', 'fr'], { optional: true, description: 'Language of mails and texts' }) locale?: 'en' | 'fr';
  @Text({ optional: true, max: 8192, description: '`providerKeySeal.all` of OwnApiKeys' })
  sealedApiKeys?: string;
}

/** Body of the route; between services keys travel sealed. */
export class UpdateMeBody extends OmitType(UpdateMeRequest, ['sealedApiKeys'] as const) {
  @Nested(() => OwnApiKeys, { optional: true, description: 'Write-only; null removes a key' })
  apiKeys?: OwnApiKeys;
}

/** Says nothing about whether the address has an account, in words or in time. */
export const requestVerificationEmail = defineOperation({
  name: 'identity.verification.request',
  service: 'identity',
  request: EmailAddressRequest,
  response: Nothing,
});

export const verifyEmail = defineOperation({
  name: 'identity.verification.confirm',
  service: 'identity',
  request: VerifyEmailRequest,
  response: VerifyEmailResponse,
});

/** Says nothing about whether the address has an account, in words or in time. */
export const requestPasswordReset = defineOperation({
  name: 'identity.password.request-reset',
  service: 'identity',
  request: EmailAddressRequest,
  response: Nothing,
});

/** Ends every session of the account. */
export const resetPassword = defineOperation({
  name: 'identity.password.reset',
  service: 'identity',
  request: ResetPasswordRequest,
  response: Nothing,
  timeoutMs: HASHING_TIMEOUT_MS,
});

/** Ends every session of the account but the caller's. */
export const changePassword = defineOperation({
  name: 'identity.password.change',
  service: 'identity',
  request: ChangePasswordRequest,
  response: Nothing,
  timeoutMs: HASHING_TIMEOUT_MS,
});

export const updateMe = defineOperation({
  name: 'identity.me.update',
  service: 'identity',
  request: UpdateMeRequest,
  response: MeResponse,
});
