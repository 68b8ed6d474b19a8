import { defineEvent } from '../event';
import { Bool, Instant, Json, Text } from '../fields';

/**
 * What Stripe told about the platform's account, signature checked and written down. Whose it is stands in the
 * object (customer, metadata): billing finds out.
 */
export class StripeReceivedV1 {
  @Text({ max: 255, example: 'evt_1' }) eventId: string;
  @Text({ max: 255, example: 'invoice.paid' }) type: string;
  @Text({ nullable: true, max: 64, description: 'In which version the object is written' })
  apiVersion: string | null;
  @Instant({ description: "Stripe's, whole seconds; says nothing about order" }) createdAt: string;
  @Bool() livemode: boolean;
  @Json({ description: 'As Stripe sent it; of a thin event only where it is to be fetched' })
  object: Record<string, unknown>;
  @Json({ optional: true, description: 'What changed, before it did' })
  previousAttributes?: Record<string, unknown>;
}

export const stripeReceivedV1 = defineEvent({
  type: 'telephony.stripe.received.v1',
  producer: 'telephony-ingest',
  description: 'Stripe sent an event. At least once per event id, in any order.',
  payload: StripeReceivedV1,
  sample: {
    eventId: 'evt_1',
    type: 'invoice.paid',
    apiVersion: '2026-10-28.endive',
    createdAt: '2026-11-20T10:00:00.000Z',
    livemode: false,
    object: { id: 'in_1', object: 'invoice', status: 'paid' },
  },
});
