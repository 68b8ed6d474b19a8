import { defineEvent } from '../event';
import { Int, Text, Uuid } from '../fields';

export class WebhookDeliveryDeadV1 {
  @Uuid() deliveryId: string;
  @Uuid() endpointId: string;
  @Text({ max: 64 }) eventId: string;
  @Text({ max: 64 }) eventType: string;
  @Int({ min: 0 }) attempts: number;
  @Text({ max: 500 }) reason: string;
}

export const webhookDeliveryDeadV1 = defineEvent({
  type: 'notifications.delivery.dead.v1',
  producer: 'notifications',
  description: 'An outbound webhook was given up after its last attempt.',
  payload: WebhookDeliveryDeadV1,
  sample: {
    deliveryId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0030',
    endpointId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0031',
    eventId: 'msg_0193f3a07b6e7c3a9f003f6f5b8c0032',
    eventType: 'call.ended',
    attempts: 5,
    reason: 'status 500',
  },
});
