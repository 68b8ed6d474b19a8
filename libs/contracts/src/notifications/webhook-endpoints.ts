import { Bool, HttpUrl, Instant, Int, Json, ListOf, Nested, OneOf, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { Seconds } from './seconds';
import { DELIVERY_STATUSES, type DeliveryStatus } from './webhook-delivery-status';

/** `standard`: Standard Webhooks. `n8n`: design 002's payload. `flat`: design 004's. */
export const PAYLOAD_FORMATS = ['standard', 'n8n', 'flat'] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];

/** `paused` and `disabled` endpoints get nothing; the platform disables, a person pauses, both by `status`. */
export const ENDPOINT_STATUSES = ['active', 'paused', 'disabled'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

const EVENTS = {
  max: 50,
  description:
    'Event types, such as `call.ended`; `*` stands for all. The spellings of each format are known.',
  example: ['call.started', 'call.ended'],
};
const SECRET = {
  min: 8,
  max: 256,
  pattern: /^[\x21-\x7e]+$/,
  description: 'Write-only. `whsec_` and base64 of 24 to 64 bytes, or any text, whose bytes are then the key',
};
const ATTEMPTS = { min: 1, max: 30, description: 'Attempts in all, 5 by default' };
const HEADERS = {
  description:
    'Sent with every delivery, such as an Authorization the receiver wants. Write-only, at most 10',
  example: { authorization: 'Basic …' },
};

/** A place that is told of events. The secret and the values of custom headers are never shown again. */
export class WebhookEndpoint {
  @Uuid() id: string;
  @Text({ max: 100, example: 'Our CRM' }) name: string;
  @HttpUrl() url: string;
  @Texts(EVENTS) events: string[];
  @OneOf(PAYLOAD_FORMATS) payloadFormat: PayloadFormat;
  @Bool() isDefault: boolean;
  @OneOf(ENDPOINT_STATUSES) status: EndpointStatus;
  @Text({ nullable: true, max: 500, description: 'Why it is not active' }) statusReason: string | null;
  @Int(ATTEMPTS) maxAttempts: number;
  @Seconds() scheduleSeconds: number[] | null;
  @Texts({ description: 'Names of the custom headers' }) headerNames: string[];
  @Text({ nullable: true, description: 'A mask when there is a secret' }) secretMask: string | null;
  @Instant({ nullable: true, description: 'The secret before the last rotation signs too, until then' })
  previousSecretUntil: string | null;
  @Instant({ nullable: true, description: 'Since when no delivery succeeded' }) failingSince: string | null;
  @Int({ min: 0 }) consecutiveFailures: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class WebhookEndpointWithSecret extends WebhookEndpoint {
  @Text({
    nullable: true,
    description: 'A secret made for you: shown this once. null when you gave your own',
  })
  secret: string | null;
}

export class WebhookEndpointList {
  @ListOf(() => WebhookEndpoint) data: WebhookEndpoint[];
}

export class CreateEndpointRequest {
  @HttpUrl({ description: 'https, public address' }) url: string;
  @Text({ optional: true, max: 100, example: 'Our CRM' }) name?: string;
  @Texts({ optional: true, ...EVENTS }) events?: string[];
  @OneOf(PAYLOAD_FORMATS, { optional: true, description: '`standard` by default' })
  payloadFormat?: PayloadFormat;
  @Text({ optional: true, ...SECRET, example: 'a secret of yours, 24 characters or more' }) secret?: string;
  @Int({ optional: true, ...ATTEMPTS }) maxAttempts?: number;
  @Seconds() scheduleSeconds?: number[] | null;
  @Json({ optional: true, ...HEADERS }) headers?: Record<string, string>;
}

export class EndpointIdRequest {
  @Uuid() id: string;
}

/** A field left out stays as it is. */
export class UpdateEndpointBody {
  @HttpUrl({ optional: true }) url?: string;
  @Text({ optional: true, max: 100, example: 'Our CRM' }) name?: string;
  @Texts({ optional: true, ...EVENTS }) events?: string[];
  @OneOf(PAYLOAD_FORMATS, { optional: true }) payloadFormat?: PayloadFormat;
  @OneOf(['active', 'paused'], { optional: true }) status?: 'active' | 'paused';
  @Text({ optional: true, ...SECRET, example: 'a secret of yours, 24 characters or more' }) secret?: string;
  @Int({ optional: true, ...ATTEMPTS }) maxAttempts?: number;
  @Seconds() scheduleSeconds?: number[] | null;
  @Json({ optional: true, nullable: true, ...HEADERS }) headers?: Record<string, string> | null;
}

export class UpdateEndpointRequest extends UpdateEndpointBody {
  @Uuid() id: string;
}

/** Design 002 knows one endpoint per tenant: this one. */
export class PutDefaultEndpointRequest {
  @HttpUrl() url: string;
  @Text({ optional: true, ...SECRET, example: 'a secret of yours, 24 characters or more' }) secret?: string;
}

export class DefaultEndpoint {
  @Nested(() => WebhookEndpoint, { nullable: true }) endpoint: WebhookEndpoint | null;
}

export class EndpointTestResult {
  @Uuid() deliveryId: string;
  @Text({ max: 64, example: 'evt-of-this-delivery' }) eventId: string;
  @OneOf(DELIVERY_STATUSES, { description: '`pending` or `delivering` while the answer is still awaited' })
  status: DeliveryStatus;
  @Int({ nullable: true, description: 'HTTP status of the receiver' }) responseStatus: number | null;
  @Int({ nullable: true }) durationMs: number | null;
  @Text({ nullable: true, max: 500 }) error: string | null;
}

export const listEndpoints = defineOperation({
  name: 'notifications.endpoints.list',
  service: 'notifications',
  request: Nothing,
  response: WebhookEndpointList,
});

export const createEndpoint = defineOperation({
  name: 'notifications.endpoints.create',
  service: 'notifications',
  request: CreateEndpointRequest,
  response: WebhookEndpointWithSecret,
});

export const getEndpoint = defineOperation({
  name: 'notifications.endpoints.get',
  service: 'notifications',
  request: EndpointIdRequest,
  response: WebhookEndpoint,
});

export const updateEndpoint = defineOperation({
  name: 'notifications.endpoints.update',
  service: 'notifications',
  request: UpdateEndpointRequest,
  response: WebhookEndpoint,
});

export const deleteEndpoint = defineOperation({
  name: 'notifications.endpoints.delete',
  service: 'notifications',
  request: EndpointIdRequest,
  response: Nothing,
});

export const putDefaultEndpoint = defineOperation({
  name: 'notifications.endpoints.put-default',
  service: 'notifications',
  request: PutDefaultEndpointRequest,
  response: WebhookEndpointWithSecret,
});

export const getDefaultEndpoint = defineOperation({
  name: 'notifications.endpoints.get-default',
  service: 'notifications',
  request: Nothing,
  response: DefaultEndpoint,
});

/** Waits a little for the receiver's answer, hence the longer limit. */
export const testEndpoint = defineOperation({
  name: 'notifications.endpoints.test',
  service: 'notifications',
  request: EndpointIdRequest,
  response: EndpointTestResult,
  timeoutMs: 10_000,
});

export const rotateEndpointSecret = defineOperation({
  name: 'notifications.endpoints.rotate-secret',
  service: 'notifications',
  request: EndpointIdRequest,
  response: WebhookEndpointWithSecret,
});
