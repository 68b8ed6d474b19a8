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
    await this.add(tenant, ownerId, referralCode);
    await this.tenants.addMember(tenant.id, ownerId, 'owner');
    return { ...tenant, status: 'active', role: 'owner' };
  }

  /** A tenant without members of its own, for an agency. */
  async openSubAccount(tenant: NewTenant & { parentId: string }, createdBy: string): Promise<void> {
    await this.add(tenant, createdBy);
  }

  private async add(tenant: NewTenant, createdBy: string, referralCode?: string): Promise<void> {
    await this.tenants.add(tenant, createdBy);
    const { parentId, id, slug, name, kind, timezone, locale, country } = tenant;
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
        ...(parentId ? { parentId } : {}),
      },
      { subject: id, tenantId: id },
    );
  }
}
