import { Inject, Injectable } from '@nestjs/common';
import { tenantCreatedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { type MemberTenant, type NewTenant, TenantRepository } from './tenant.repository';

@Injectable()
export class TenancyService {
  constructor(
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
  ) {}

  /** Opens a tenant with its owner and tells of it, in the caller's transaction. */
  async open(tenant: NewTenant, ownerId: string, referralCode?: string): Promise<MemberTenant> {
    await this.tenants.add(tenant, ownerId);
    await this.tenants.addMember(tenant.id, ownerId, 'owner');
    const { id, slug, name, kind, timezone, locale, country } = tenant;
    await this.outbox.add(
      tenantCreatedV1,
      {
        tenantId: id,
        slug,
        name,
        kind,
        timezone,
        locale,
        country,
        ...(referralCode ? { referralCode } : {}),
      },
      { subject: id, tenantId: id },
    );
    return { ...tenant, status: 'active', role: 'owner' };
  }
}
