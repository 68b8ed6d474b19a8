import { defineEvent } from '../event';
import { Json, OneOf, Text, Uuid } from '../fields';

export const OPS_ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const;
export type OpsAlertSeverity = (typeof OPS_ALERT_SEVERITIES)[number];

/** For whoever runs the platform. Ids and figures only: never names, numbers, addresses or texts of tenants. */
export class OpsAlertRaisedV1 {
  @Text({ max: 60, pattern: /^[a-z][a-z_]*$/, example: 'usage_hard_stop' }) kind: string;
  @OneOf(OPS_ALERT_SEVERITIES) severity: OpsAlertSeverity;
  @Uuid({ optional: true }) tenantId?: string;
  @Text({ max: 500 }) message: string;
  @Json() details: Record<string, unknown>;
  @Text({ max: 300, description: 'Names what is wrong: it is told once, however often it is raised' })
  dedupeKey: string;
}

export const opsAlertRaisedV1 = defineEvent<OpsAlertRaisedV1>({
  type: 'billing.ops-alert.raised.v1',
  producer: 'billing',
  description: 'Something a person has to look at. Notifications tells it by Slack or mail, once per key.',
  payload: OpsAlertRaisedV1,
  sample: {
    kind: 'usage_hard_stop',
    severity: 'critical',
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    message: 'User exceeded usage limit',
    details: { meter: 'voice_minutes', used: 165, included: 150 },
    dedupeKey: 'usage_hard_stop:0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010:voice_minutes:2026-11-01T00:00:00.000Z',
  },
});
