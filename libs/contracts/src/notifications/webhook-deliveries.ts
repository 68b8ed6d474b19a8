import { Ratio } from '../analytics/ratio';
import { Bool, Day, HttpUrl, Instant, Int, Json, ListOf, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import { DELIVERY_STATUSES, type DeliveryStatus } from './webhook-delivery-status';
import { PAYLOAD_FORMATS, type PayloadFormat } from './webhook-endpoints';

/** One event on its way to one endpoint. */
export class WebhookDelivery {
  @Uuid() id: string;
  @Uuid() endpointId: string;
  @Text({
    max: 64,
    description: 'The `webhook-id` on the wire, the same on every attempt',
    example: 'evt-of-this-delivery',
  })
  eventId: string;
  @Text({ max: 64, example: 'call.ended' }) eventType: string;
  @OneOf(PAYLOAD_FORMATS) payloadFormat: PayloadFormat;
  @OneOf(DELIVERY_STATUSES) status: DeliveryStatus;
  @Int({ min: 0 }) attempts: number;
  @Int({ min: 1 }) maxAttempts: number;
  @Int({ nullable: true, description: 'HTTP status of the last attempt' }) responseStatus: number | null;
  @Int({ nullable: true, description: 'Of the last attempt' }) durationMs: number | null;
  @Text({ nullable: true, max: 500 }) lastError: string | null;
  @Instant({ nullable: true, description: 'Not before; null when nothing more will be tried' })
  nextAttemptAt: string | null;
  @Bool() isTest: boolean;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) deliveredAt: string | null;
}

/** What was sent and what came back. */
export class WebhookAttempt {
  @Int({ min: 1 }) number: number;
  @Instant() at: string;
  @Json({ description: 'With the signatures; values of custom headers are hidden' })
  requestHeaders: Record<string, string>;
  @Int({ nullable: true }) responseStatus: number | null;
  @Json({ nullable: true }) responseHeaders: Record<string, string> | null;
  @Text({ nullable: true, min: 0, max: 1024, description: 'Its first kilobyte' }) responseBody: string | null;
  @Int({ min: 0 }) durationMs: number;
  @Text({ nullable: true, max: 500 }) error: string | null;
}

export class WebhookDeliveryDetail extends WebhookDelivery {
  @HttpUrl({ description: 'Where it goes now' }) url: string;
  @Text({
    max: 1_000_000,
    description: 'The body; in format n8n the signature is added when it is sent',
    example: '{"event":"call.ended"}',
  })
  body: string;
  @ListOf(() => WebhookAttempt, { description: 'Oldest first' }) attemptLog: WebhookAttempt[];
}

export const WebhookDeliveryPage = pageOf(WebhookDelivery);

export class ListDeliveriesQuery extends PageRequest {
  @OneOf(DELIVERY_STATUSES, { optional: true }) status?: DeliveryStatus;
  @Text({ optional: true, max: 64, example: 'call.ended' }) eventType?: string;
  @Bool({ optional: true }) isTest?: boolean;
}

export class ListDeliveriesRequest extends ListDeliveriesQuery {
  @Uuid({ optional: true }) endpointId?: string;
}

export class DeliveryIdRequest {
  @Uuid() id: string;
}

export class DeliveryStatsRequest {
  @Int({ optional: true, min: 1, max: 90, description: 'Days back from now, 30 by default' }) days?: number;
  @Uuid({ optional: true }) endpointId?: string;
}

class DeliveryCounts {
  @Int({ min: 0 }) total: number;
  @Int({ min: 0 }) pending: number;
  @Int({ min: 0 }) delivering: number;
  @Int({ min: 0 }) delivered: number;
  @Int({ min: 0 }) failed: number;
  @Int({ min: 0 }) dead: number;
  @Ratio({ description: 'delivered / (delivered + dead); null while nothing is decided' })
  successRate: number | null;
}

export class DeliveryDay extends DeliveryCounts {
  @Day({ description: 'UTC' }) day: string;
}

/** Test deliveries are left out. */
export class DeliveryStats extends DeliveryCounts {
  @Int({ nullable: true, description: '95 % of the answers came within' }) p95LatencyMs: number | null;
  @Instant() since: string;
  @ListOf(() => DeliveryDay, { description: 'Oldest first; days without deliveries are left out' })
  days: DeliveryDay[];
}

export class RetryDeliveryRequest {
  @Uuid() id: string;
  @Uuid({ optional: true, description: 'When given, the delivery must be this endpoint’s' })
  endpointId?: string;
}

export const listDeliveries = defineOperation({
  name: 'notifications.deliveries.list',
  service: 'notifications',
  request: ListDeliveriesRequest,
  response: WebhookDeliveryPage,
});

export const getDelivery = defineOperation({
  name: 'notifications.deliveries.get',
  service: 'notifications',
  request: DeliveryIdRequest,
  response: WebhookDeliveryDetail,
});

export const getDeliveryStats = defineOperation({
  name: 'notifications.deliveries.stats',
  service: 'notifications',
  request: DeliveryStatsRequest,
  response: DeliveryStats,
});

export const retryDelivery = defineOperation({
  name: 'notifications.deliveries.retry',
  service: 'notifications',
  request: RetryDeliveryRequest,
  response: WebhookDelivery,
});
