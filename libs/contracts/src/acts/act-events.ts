import { defineEvent, type EventDefinition } from '../event';
import { Json, Text, Uuid } from '../fields';
import type { ServiceName } from '../rpc';

/**
 * An act of an administrator or about security. Whose trail it belongs in, who acted, for whom, in which request and
 * when, the envelope says; without a tenant there it is the platform's.
 */
export class ActRecordedV1 {
  @Text({ max: 100, example: 'payment.refunded' }) action: string;
  @Text({ max: 64 }) resourceType: string;
  @Text({ nullable: true }) resourceId: string | null;
  @Uuid({ nullable: true, description: 'The service token that acted' }) actorKeyId: string | null;
  @Text({ nullable: true, max: 64 }) ip: string | null;
  @Text({ nullable: true, max: 256 }) userAgent: string | null;
  @Json({ nullable: true, description: 'Without secrets' }) before: Record<string, unknown> | null;
  @Json({ nullable: true, description: 'Without secrets' }) after: Record<string, unknown> | null;
}

const actOf = (service: ServiceName, prefix: string): EventDefinition<ActRecordedV1> =>
  defineEvent({
    type: `${prefix}.act.recorded.v1`,
    producer: service,
    description: `Somebody did in ${service} what the audit trail must hold.`,
    payload: ActRecordedV1,
    sample: {
      action: 'payment.refunded',
      resourceType: 'payment',
      resourceId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0051',
      actorKeyId: null,
      ip: '203.0.113.7',
      userAgent: 'curl/8',
      before: null,
      after: { amountCents: 1500, reason: 'charged twice' },
    },
  });

export const identityActRecordedV1 = actOf('identity', 'identity');
export const telephonyActRecordedV1 = actOf('telephony-ingest', 'telephony');
export const agentsActRecordedV1 = actOf('ai-agents', 'agents');
export const billingActRecordedV1 = actOf('billing', 'billing');
export const analyticsActRecordedV1 = actOf('analytics', 'analytics');
export const notificationsActRecordedV1 = actOf('notifications', 'notifications');
export const gatewayActRecordedV1 = actOf('gateway', 'gateway');

/** Each service publishes its own; all are of one shape. */
export const ACT_RECORDED: Record<ServiceName, EventDefinition<ActRecordedV1>> = {
  identity: identityActRecordedV1,
  'telephony-ingest': telephonyActRecordedV1,
  'ai-agents': agentsActRecordedV1,
  billing: billingActRecordedV1,
  analytics: analyticsActRecordedV1,
  notifications: notificationsActRecordedV1,
  gateway: gatewayActRecordedV1,
};
