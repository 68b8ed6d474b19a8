import { Instant, ListOf, OneOf, Text } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { SealedAnswer } from './system-config';

export const KEY_PROVIDERS = ['openai', 'elevenlabs'] as const;
export type KeyProvider = (typeof KEY_PROVIDERS)[number];

const KEY = { min: 16, max: 512, pattern: /^[\x21-\x7e]+$/, example: 'sk-…' };

/** A key is written, never read again. */
export class ProviderKeySummary {
  @OneOf(KEY_PROVIDERS) provider: KeyProvider;
  @Text({ max: 4, example: '7f3a' }) lastFour: string;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class ProviderKeyList {
  @ListOf(() => ProviderKeySummary) data: ProviderKeySummary[];
}

export class PutProviderKeyBody {
  @Text(KEY) key: string;
}

/** A provider left out stays as it is; null removes its key. */
export class OwnApiKeys {
  @Text({ ...KEY, optional: true, nullable: true }) openai?: string | null;
  @Text({ ...KEY, optional: true, nullable: true }) elevenlabs?: string | null;
}

/** Last four characters, null where there is no key. */
export class OwnApiKeysShown {
  @Text({ nullable: true, max: 4, example: '7f3a' }) openai: string | null;
  @Text({ nullable: true, max: 4 }) elevenlabs: string | null;
}

export class ProviderKeyRequest {
  @OneOf(KEY_PROVIDERS) provider: KeyProvider;
}

export class PutProviderKeyRequest {
  @OneOf(KEY_PROVIDERS) provider: KeyProvider;
  @Text({ max: 4096, description: '`providerKeySeal.value` of the key' }) sealedKey: string;
}

export class ResolveProviderKeyRequest {
  @OneOf(KEY_PROVIDERS) provider: KeyProvider;
  @Text({ max: 64 }) nonce: string;
}

/** What is inside a resolved answer. */
export interface ResolvedProviderKey {
  key: string | null;
}

/** What a sealed text is bound to. */
export const providerKeySeal = {
  value: (provider: KeyProvider): string => `provider-key.value:${provider}`,
  all: 'provider-keys.values',
  answer: (userId: string, { provider, nonce }: ResolveProviderKeyRequest): string =>
    `provider-key.answer:${userId}:${provider}:${nonce}`,
};

export const listProviderKeys = defineOperation({
  name: 'identity.provider-keys.list',
  service: 'identity',
  request: Nothing,
  response: ProviderKeyList,
});

export const putProviderKey = defineOperation({
  name: 'identity.provider-keys.put',
  service: 'identity',
  request: PutProviderKeyRequest,
  response: ProviderKeySummary,
});

export const removeProviderKey = defineOperation({
  name: 'identity.provider-keys.remove',
  service: 'identity',
  request: ProviderKeyRequest,
  response: Nothing,
});

/** The caller's own key, for the service that works on their behalf; routed by no gateway. */
export const resolveProviderKey = defineOperation({
  name: 'identity.provider-keys.resolve',
  service: 'identity',
  request: ResolveProviderKeyRequest,
  response: SealedAnswer,
});
