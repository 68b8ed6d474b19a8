import { defineEvent } from '../event';
import { Instant, Int, Uuid } from '../fields';

/** Reasons stay with identity: they are not for whom they concern. */
export class TenantStandingV1 {
  @Uuid() tenantId: string;
  @Int({ min: 1, description: 'Rises with every change of a tenant; of two, the greater holds' })
  version: number;
  @Instant() at: string;
}

const TENANT_SAMPLE = {
  tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
  version: 1,
  at: '2026-11-20T14:05:00.000Z',
};

export const tenantSuspendedV1 = defineEvent({
  type: 'identity.tenant.suspended.v1',
  producer: 'identity',
  description: 'Nobody works in this tenant any more; what comes in for it waits.',
  payload: TenantStandingV1,
  sample: TENANT_SAMPLE,
});

export const tenantReactivatedV1 = defineEvent({
  type: 'identity.tenant.reactivated.v1',
  producer: 'identity',
  description: 'The suspension of a tenant is over; what waited goes on.',
  payload: TenantStandingV1,
  sample: { ...TENANT_SAMPLE, version: 2 },
});

export class UserStandingV1 {
  @Uuid() userId: string;
  @Instant() at: string;
}

const USER_SAMPLE = { userId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011', at: '2026-11-20T14:05:00.000Z' };

export const userSuspendedV1 = defineEvent({
  type: 'identity.user.suspended.v1',
  producer: 'identity',
  description: 'A person may not sign in; their sessions have ended with events of their own.',
  payload: UserStandingV1,
  sample: USER_SAMPLE,
});

export const userReactivatedV1 = defineEvent({
  type: 'identity.user.reactivated.v1',
  producer: 'identity',
  description: 'A person may sign in again.',
  payload: UserStandingV1,
  sample: USER_SAMPLE,
});
