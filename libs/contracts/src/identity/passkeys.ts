import { Bool, Instant, Int, Json, ListOf, Nested, OneOf, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { SessionResponse } from './session';

/** Base64url parts of a ceremony; an attestation with its certificates takes some kilobytes. */
const MAX_PART = 16_384;
const MAX_ID = 1400;

export class PasskeyAssertionParts {
  @Text({ max: MAX_PART }) clientDataJSON: string;
  @Text({ max: MAX_PART }) authenticatorData: string;
  @Text({ max: MAX_PART }) signature: string;
  @Text({ optional: true, nullable: true, max: 128 }) userHandle?: string | null;
}

export class PasskeyAttestationParts {
  @Text({ max: MAX_PART }) clientDataJSON: string;
  @Text({ max: MAX_PART }) attestationObject: string;
  @Text({ optional: true, max: MAX_PART }) authenticatorData?: string;
  @Texts({ optional: true, max: 10 }) transports?: string[];
  @Int({ optional: true }) publicKeyAlgorithm?: number;
  @Text({ optional: true, nullable: true, max: MAX_PART }) publicKey?: string | null;
}

class PublicKeyCredentialBody {
  @Text({ max: MAX_ID }) id: string;
  @Text({ max: MAX_ID }) rawId: string;
  @OneOf(['public-key']) type: 'public-key';
  @Text({ optional: true, nullable: true, max: 32 }) authenticatorAttachment?: string | null;
  @Json({ optional: true }) clientExtensionResults?: Record<string, unknown>;
}

/** What `navigator.credentials.get()` gives, by its `toJSON()`. */
export class PasskeyAssertion extends PublicKeyCredentialBody {
  @Nested(() => PasskeyAssertionParts) response: PasskeyAssertionParts;
}

/** What `navigator.credentials.create()` gives, by its `toJSON()`. */
export class PasskeyAttestation extends PublicKeyCredentialBody {
  @Nested(() => PasskeyAttestationParts) response: PasskeyAttestationParts;
}

export class PasskeyOptionsResponse {
  @Text({ max: 64, description: 'Send back with what the browser made of the options; good for one try' })
  challengeToken: string;
  @Instant() expiresAt: string;
  @Json({ description: '`publicKey` of the call to `navigator.credentials`, as JSON' })
  options: Record<string, unknown>;
}

export class Passkey {
  @Uuid() id: string;
  @Text({ max: 100, example: 'Phone of Élise' }) name: string;
  @Bool({ description: 'Kept by a service that follows its owner to other devices' }) synced: boolean;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) lastUsedAt: string | null;
}

export class PasskeyList {
  @ListOf(() => Passkey) data: Passkey[];
}

export class AddPasskeyRequest {
  @Text({ max: 64 }) challengeToken: string;
  @Text({ optional: true, max: 100, description: 'How its owner will know it; the device by default' })
  name?: string;
  @Nested(() => PasskeyAttestation) passkey: PasskeyAttestation;
}

export class AddedPasskey {
  @Nested(() => Passkey) passkey: Passkey;
  @Texts({ nullable: true, description: 'With the first factor; shown this once' })
  recoveryCodes: string[] | null;
}

export class PasskeyIdRequest {
  @Uuid() id: string;
}

export class PasskeyNameBody {
  @Text({ max: 100 }) name: string;
}

export class RenamePasskeyRequest extends PasskeyNameBody {
  @Uuid() id: string;
}

export class PasskeySignInRequest {
  @Text({ max: 64 }) challengeToken: string;
  @Nested(() => PasskeyAssertion) passkey: PasskeyAssertion;
  @Text({ optional: true, max: 64, description: 'Tenant to sign in to; the oldest membership by default' })
  tenantSlug?: string;
}

export const passkeyRegistrationOptions = defineOperation({
  name: 'identity.passkeys.registration-options',
  service: 'identity',
  request: Nothing,
  response: PasskeyOptionsResponse,
});

export const addPasskey = defineOperation({
  name: 'identity.passkeys.add',
  service: 'identity',
  request: AddPasskeyRequest,
  response: AddedPasskey,
});

export const listPasskeys = defineOperation({
  name: 'identity.passkeys.list',
  service: 'identity',
  request: Nothing,
  response: PasskeyList,
});

export const renamePasskey = defineOperation({
  name: 'identity.passkeys.rename',
  service: 'identity',
  request: RenamePasskeyRequest,
  response: Passkey,
});

export const removePasskey = defineOperation({
  name: 'identity.passkeys.remove',
  service: 'identity',
  request: PasskeyIdRequest,
  response: Nothing,
});

/** Names no account: the browser offers what its owner has for this site. */
export const passkeySignInOptions = defineOperation({
  name: 'identity.passkeys.sign-in-options',
  service: 'identity',
  request: Nothing,
  response: PasskeyOptionsResponse,
});

export const signInWithPasskey = defineOperation({
  name: 'identity.passkeys.sign-in',
  service: 'identity',
  request: PasskeySignInRequest,
  response: SessionResponse,
});
