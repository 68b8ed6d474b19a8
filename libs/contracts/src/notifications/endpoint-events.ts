import { defineEvent } from '../event';
import { OneOf, Text, Uuid } from '../fields';

export class WebhookEndpointStoppedV1 {
  @Uuid() endpointId: string;
  @Text({ max: 100 }) name: string;
  @OneOf(['paused', 'disabled']) status: 'paused' | 'disabled';
  @Text({ max: 500 }) reason: string;
}

export const webhookEndpointStoppedV1 = defineEvent({
  type: 'notifications.endpoint.stopped.v1',
  producer: 'notifications',
  description: 'The platform stopped sending to a webhook endpoint: it is gone or failed for days.',
  payload: WebhookEndpointStoppedV1,
  sample: {
    endpointId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0031',
    name: 'n8n',
    status: 'disabled',
    reason: 'the receiver answered 410 Gone',
  },
});
