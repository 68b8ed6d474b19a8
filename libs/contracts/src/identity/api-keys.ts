import { ArrayMinSize } from 'class-validator';
import { defineEvent } from '../event';
import { Instant, Int, Nested, OneOf, Text, Texts, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';

/**
 * What a key may be allowed: permissions of routes that act for a tenant, not for a person, and `lookup` for the
 * contact lookup (C-86), which opens nothing before there are contacts. Keys can neither manage keys nor read the audit trail, nor do what asks for a step-up: nobody
 * stands behind a key to prove who they are (ADR 0015). So there is no scope that sets provider accounts.
 */
export const API_KEY_SCOPES = [
  'analytics:read',
  'analytics:recompute',
  'calls:read',
  'credits:read',
  'integrations:read',
  'lookup',
  'messages:read',
  'numbers:read',
  'numbers:write',
  'personas:read',
  'settings:read',
  'settings:write',
  'webhooks:read',
  'webhooks:write',
] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** Scopes that no route asks for yet. */
export const WAITING_SCOPES: readonly ApiKeyScope[] = ['lookup'];

const SCOPES_HELP =
  'What it may do. `lookup` is for the contact lookup of voice agents and opens nothing until contacts can be kept';

/** Start of every key, so that secret scanners and the edge know ours. */
export const API_KEY_START = 'parley_';

/** Characters of its public beginning, `API_KEY_START` included. */
export const API_KEY_PREFIX_LENGTH = 15;

export class ServiceToken {
  @Uuid() id: string;
  @Text({ max: 100, example: 'Contact lookup of the voice agent' }) name: string;
  @Text({ max: 32, example: 'parley_3f9k2m1q', description: 'Its public beginning' }) prefix: string;
  @Texts({ in: API_KEY_SCOPES }) scopes: ApiKeyScope[];
  @Texts({ description: 'Networks it may be used from; empty is anywhere' }) networks: string[];
  @Int({ nullable: true, min: 1, description: 'Requests a minute; null is the limit of people' })
  limitPerMinute: number | null;
  @Instant({ nullable: true }) expiresAt: string | null;
  @Instant({ nullable: true, description: 'To the minute' }) lastUsedAt: string | null;
  @Instant({ nullable: true, description: 'Until when the secret before the last rotation is good' })
  previousGoodUntil: string | null;
  @Uuid({ nullable: true }) createdBy: string | null;
  @Instant() createdAt: string;
}

export const ServiceTokenPage = pageOf(ServiceToken);

export class CreateServiceTokenRequest {
  @Text({ max: 100, example: 'Contact lookup of the voice agent' }) name: string;
  @ArrayMinSize(1)
  @Texts({ in: API_KEY_SCOPES, max: 50, example: ['calls:read'], description: SCOPES_HELP })
  scopes: ApiKeyScope[];
  @Texts({ optional: true, max: 50, example: ['203.0.113.0/24'], description: 'IPv4 and IPv6, CIDR' })
  networks?: string[];
  @Int({ optional: true, min: 1, max: 100_000 }) limitPerMinute?: number;
  @Instant({ optional: true, description: 'Never by default' }) expiresAt?: string;
}

export class ServiceTokenIdRequest {
  @Uuid() id: string;
}

export class RotateServiceTokenBody {
  @Int({ optional: true, min: 0, max: 168, description: 'Hours the old secret stays good; 24 by default' })
  overlapHours?: number;
}

export class RotateServiceTokenRequest extends RotateServiceTokenBody {
  @Uuid() id: string;
}

export class ServiceTokenWithSecret {
  @Nested(() => ServiceToken) token: ServiceToken;
  @Text({
    description: 'Send as `Authorization: Bearer`. Shown this once',
    example: 'shown once, and never again',
  })
  secret: string;
}

export class VerifyApiKeyRequest {
  @Text({ max: 256 }) key: string;
}

/** Whom a good key speaks for. */
export class ApiKeyIdentity {
  @Uuid() keyId: string;
  @Uuid() tenantId: string;
  @Texts() scopes: string[];
  @Int({ nullable: true }) limitPerMinute: number | null;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Instant({ nullable: true, description: 'When this secret stops being good' }) goodUntil: string | null;
}

export const listServiceTokens = defineOperation({
  name: 'identity.api-keys.list',
  service: 'identity',
  request: PageRequest,
  response: ServiceTokenPage,
});

export const createServiceToken = defineOperation({
  name: 'identity.api-key.create',
  service: 'identity',
  request: CreateServiceTokenRequest,
  response: ServiceTokenWithSecret,
});

export const rotateServiceToken = defineOperation({
  name: 'identity.api-key.rotate',
  service: 'identity',
  request: RotateServiceTokenRequest,
  response: ServiceTokenWithSecret,
});

export const revokeServiceToken = defineOperation({
  name: 'identity.api-key.revoke',
  service: 'identity',
  request: ServiceTokenIdRequest,
  response: Nothing,
});

/** For gateways: checks secret, term, tenant, and the network of the caller. */
export const verifyApiKey = defineOperation({
  name: 'identity.api-key.verify',
  service: 'identity',
  request: VerifyApiKeyRequest,
  response: ApiKeyIdentity,
});

export class ApiKeyRevokedV1 {
  @Uuid() keyId: string;
  @Text({ max: 32, description: 'Public beginning of the key' }) prefix: string;
}

export const apiKeyRevokedV1 = defineEvent({
  type: 'identity.api-key.revoked.v1',
  producer: 'identity',
  description: 'The key is refused from now on; gateways forget what they know of it.',
  payload: ApiKeyRevokedV1,
  sample: { keyId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021', prefix: 'parley_3f9k2m1q' },
});
