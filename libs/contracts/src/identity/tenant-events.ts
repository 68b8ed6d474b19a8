import { defineEvent } from '../event';
import { Int, OneOf, Text, Uuid } from '../fields';

export const TENANT_KINDS = ['personal', 'company'] as const;
export type TenantKind = (typeof TENANT_KINDS)[number];

/** What other services keep of a tenant in their own projection. */
export class TenantCreatedV1 {
  @Uuid() tenantId: string;
  @Text({ max: 64, example: 'tenant-demo-001' }) slug: string;
  @Text({ max: 200 }) name: string;
  @OneOf(TENANT_KINDS) kind: TenantKind;
  @Text({ max: 64, example: 'America/Toronto' }) timezone: string;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Text({ min: 2, max: 2, example: 'CA' }) country: string;
  @Text({ optional: true, max: 64, description: 'As given at registration; nobody checked it yet' })
  referralCode?: string;
  @Uuid({ optional: true, description: 'The agency whose sub-account it is' }) parentId?: string;
}

export const tenantCreatedV1 = defineEvent({
  type: 'identity.tenant.created.v1',
  producer: 'identity',
  description: 'A tenant exists. Billing grants its free credits, others project it.',
  payload: TenantCreatedV1,
  sample: {
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    slug: 'tenant-demo-001',
    name: 'Demo HVAC',
    kind: 'company',
    timezone: 'America/Toronto',
    locale: 'fr',
    country: 'CA',
  },
});

export class TenantUpdatedV1 {
  @Uuid() tenantId: string;
  @Text({ max: 200 }) name: string;
  @Text({ max: 64 }) timezone: string;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Text({ min: 2, max: 2 }) country: string;
  @Int({ min: 1, description: 'Rises with every change of a tenant; of two, the greater holds' })
  version: number;
}

export const tenantUpdatedV1 = defineEvent<TenantUpdatedV1>({
  type: 'identity.tenant.updated.v1',
  producer: 'identity',
  description: 'A tenant is called otherwise, or is elsewhere. All of what projections keep, as it is now.',
  payload: TenantUpdatedV1,
  sample: {
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    name: 'Demo Heating',
    timezone: 'America/Toronto',
    locale: 'fr',
    country: 'CA',
    version: 2,
  },
});

export class SessionRevokedV1 {
  @Uuid() userId: string;
  @Uuid() sessionId: string;
  @Text({ max: 64 }) reason: string;
}

export const sessionRevokedV1 = defineEvent({
  type: 'identity.session.revoked.v1',
  producer: 'identity',
  description: 'Access tokens of this session are refused from now on; gateways cut its sockets.',
  payload: SessionRevokedV1,
  sample: {
    userId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011',
    sessionId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0012',
    reason: 'logout',
  },
});
