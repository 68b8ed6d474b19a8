import { defineEvent } from '../event';
import { Bool, HttpUrl, Instant, ListOf, Nested, OneOf, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';

/** Providers a tenant may bring an account of its own with. */
export const TENANT_PROVIDERS = ['twilio', 'vapi'] as const;

/** Providers whose webhooks the platform takes. Stripe's are about the platform's own account. */
export const WEBHOOK_PROVIDERS = [...TENANT_PROVIDERS, 'stripe'] as const;
export type WebhookProvider = (typeof WEBHOOK_PROVIDERS)[number];

export const INTEGRATION_STATUSES = ['active', 'disabled'] as const;
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];

export const HMAC_ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const;
export const HMAC_ENCODINGS = ['hex', 'base64'] as const;

/** Vapi's HMAC credential as set in its dashboard; what is left out has Vapi's default. */
export class VapiHmacPlan {
  @OneOf(HMAC_ALGORITHMS, { optional: true }) algorithm?: (typeof HMAC_ALGORITHMS)[number];
  @Text({ optional: true, max: 64, example: 'x-signature' }) signatureHeader?: string;
  @Text({ optional: true, max: 64, example: 'x-timestamp' }) timestampHeader?: string;
  @Text({ optional: true, min: 0, max: 32, example: 'sha256=' }) signaturePrefix?: string;
  @Bool({ optional: true }) includeTimestamp?: boolean;
  @Text({ optional: true, max: 200, example: '{timestamp}.{body}' }) payloadFormat?: string;
  @Text({ optional: true, max: 64, example: 'x-message-id' }) messageIdHeader?: string;
  @OneOf(HMAC_ENCODINGS, { optional: true }) signatureEncoding?: (typeof HMAC_ENCODINGS)[number];
  @Bool({ optional: true }) secretIsBase64?: boolean;
}

/** What a tenant says about its account with a provider. Secrets left out stay as they are. */
export class IntegrationSettings {
  @Text({
    optional: true,
    pattern: /^AC[0-9a-fA-F]{32}$/,
    description: 'Twilio account or sub-account',
    example: 'account-at-provider',
  })
  accountSid?: string;

  @Text({
    optional: true,
    min: 8,
    max: 512,
    description: 'Twilio auth token of that account. Write-only',
    example: 'token-at-provider',
  })
  authToken?: string;

  @Text({
    optional: true,
    min: 8,
    max: 512,
    description: 'Vapi credential, or the secret of the generic `sha256=` signature. Write-only',
    example: 'a secret of yours',
  })
  webhookSecret?: string;

  @Texts({ optional: true, max: 100, description: 'Vapi assistants of this tenant' })
  assistantIds?: string[];

  @Nested(() => VapiHmacPlan, { optional: true })
  hmac?: VapiHmacPlan;

  @OneOf(INTEGRATION_STATUSES, { optional: true, description: '`active` by default' })
  status?: IntegrationStatus;
}

export class PutIntegrationRequest extends IntegrationSettings {
  @OneOf(TENANT_PROVIDERS) provider: WebhookProvider;
}

export class IntegrationProvider {
  @OneOf(TENANT_PROVIDERS) provider: WebhookProvider;
}

export class Integration {
  @Uuid() id: string;
  @OneOf(WEBHOOK_PROVIDERS) provider: WebhookProvider;
  @OneOf(INTEGRATION_STATUSES) status: IntegrationStatus;
  @Text({ nullable: true }) accountSid: string | null;
  @Texts() assistantIds: string[];
  @Nested(() => VapiHmacPlan, { nullable: true }) hmac: VapiHmacPlan | null;
  @Text({ nullable: true, description: 'Last four characters' }) authTokenLast4: string | null;
  @Text({ nullable: true, description: 'Last four characters' }) webhookSecretLast4: string | null;
  @Instant({ nullable: true, description: 'Until then the secrets before the last change are accepted too' })
  previousSecretsUntil: string | null;
  @HttpUrl({ description: 'Where the provider sends its webhooks' }) webhookUrl: string;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class IntegrationList {
  @ListOf(() => Integration) data: Integration[];
}

export const putIntegration = defineOperation({
  name: 'telephony.integration.put',
  service: 'telephony-ingest',
  request: PutIntegrationRequest,
  response: Integration,
});

export const listIntegrations = defineOperation({
  name: 'telephony.integrations.list',
  service: 'telephony-ingest',
  request: Nothing,
  response: IntegrationList,
});

export class ConnectionChangedV1 {
  @Uuid() connectionId: string;
  @OneOf(WEBHOOK_PROVIDERS) provider: WebhookProvider;
}

export const connectionChangedV1 = defineEvent({
  type: 'telephony.connection.changed.v1',
  producer: 'telephony-ingest',
  description: 'A provider account of a tenant was set or changed; edges read it anew.',
  payload: ConnectionChangedV1,
  sample: { connectionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0020', provider: 'twilio' },
});
