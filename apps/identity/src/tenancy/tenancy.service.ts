import { Inject, Injectable } from '@nestjs/common';
import { findCaller, tenantCreatedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { CONFIG, Prints } from '@parley/platform';
import type { IdentityConfig } from '../config';
import { type MemberTenant, type NewTenant, TenantRepository } from './tenant.repository';

@Injectable()
export class TenancyService {
  private readonly prints: Prints;

  constructor(
    @Inject(CONFIG) config: IdentityConfig,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
  ) {
    this.prints = new Prints(config.ENCRYPTION_KEY);
  }

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
    const networkPrint = this.prints.ofNetwork(findCaller()?.ip);
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
        ownerId: createdBy,
        ...(referralCode ? { referralCode } : {}),
        ...(parentId ? { parentId } : {}),
        ...(networkPrint ? { networkPrint } : {}),
      },
      { subject: id, tenantId: id },
    );
  }
}
