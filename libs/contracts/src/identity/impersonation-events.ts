import { IMPERSONATION_MODES, type ImpersonationMode } from '../context';
import { defineEvent } from '../event';
import { Instant, OneOf, Text, Uuid } from '../fields';

export class ImpersonationStartedV1 {
  @Uuid() impersonationId: string;
  @Uuid() impersonatorId: string;
  @Uuid() userId: string;
  @OneOf(IMPERSONATION_MODES) mode: ImpersonationMode;
  @Text({ max: 500 }) reason: string;
  @Instant() expiresAt: string;
}

export class ImpersonationEndedV1 {
  @Uuid() impersonationId: string;
  @Uuid() impersonatorId: string;
  @Uuid() userId: string;
  @Text({ max: 64, example: 'expired' }) reason: string;
  @Instant() endedAt: string;
}

const SAMPLE = {
  impersonationId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021',
  impersonatorId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0022',
  userId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011',
};

export const impersonationStartedV1 = defineEvent({
  type: 'identity.impersonation.started.v1',
  producer: 'identity',
  description: 'A super admin may act as a member of the tenant, until it expires or ends.',
  payload: ImpersonationStartedV1,
  sample: {
    ...SAMPLE,
    mode: 'read',
    reason: 'Ticket 4711: calls are not listed',
    expiresAt: '2026-11-20T14:35:00.000Z',
  },
});

export const impersonationEndedV1 = defineEvent({
  type: 'identity.impersonation.ended.v1',
  producer: 'identity',
  description: 'A super admin acts as that member no more.',
  payload: ImpersonationEndedV1,
  sample: { ...SAMPLE, reason: 'ended_by_admin', endedAt: '2026-11-20T14:20:00.000Z' },
});
