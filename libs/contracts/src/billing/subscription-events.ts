import { defineEvent } from '../event';
import { Instant, Int, Text, Uuid } from '../fields';

export class SubscriptionChangedV1 {
  @Uuid() subscriptionId: string;
  @Text({ max: 40 }) plan: string;
  @Int({ min: 1 }) planVersion: number;
  @Text({ max: 20 }) productLine: string;
  @Text({ max: 40, description: 'Stripe’s words' }) status: string;
  @Text({ max: 20 }) source: string;
  @Int({ min: 1 }) quantity: number;
  @Instant() periodStart: string;
  @Instant() periodEnd: string;
  @Text({ max: 40, nullable: true, description: 'The plan held before, when it changed' })
  previousPlan: string | null;
}

export const subscriptionChangedV1 = defineEvent({
  type: 'billing.subscription.changed.v1',
  producer: 'billing',
  description: 'A subscription began, moved to another plan or period, or ended.',
  payload: SubscriptionChangedV1,
  sample: {
    subscriptionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0040',
    plan: 'voice.pro',
    planVersion: 1,
    productLine: 'voice',
    status: 'active',
    source: 'stripe',
    quantity: 1,
    periodStart: '2026-11-20T14:05:00.000Z',
    periodEnd: '2026-12-20T14:05:00.000Z',
    previousPlan: null,
  },
});
