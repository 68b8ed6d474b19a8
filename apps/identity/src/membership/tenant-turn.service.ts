import { Inject, Injectable } from '@nestjs/common';
import type { MembershipRole } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { actingInPerson } from '../session/acting-user';
import { AccountSuspended, NotAMember } from '../session/session.errors';
import { demandRole } from './membership-rules';
import { type LockedTenant, type Member, MembershipRepository } from './membership.repository';

/** Changes of one tenant's members take turns, so that each sees what the one before it left. */
@Injectable()
export class TenantTurn {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
  ) {}

  /**
   * Runs `work` in the caller's tenant under its lock. The caller's role is the one they have now, not the token's.
   * @throws NotAMember, AccountSuspended, RoleTooLow
   */
  async take<T>(
    reason: string,
    least: MembershipRole,
    work: (tenant: LockedTenant, caller: Member) => Promise<T>,
  ): Promise<T> {
    const { tenantId, userId } = actingInPerson();
    return this.db.system(reason, async () => {
      const tenant = await this.memberships.lockTenant(tenantId);
      const caller = await this.memberships.find(tenantId, userId);
      if (!tenant || !caller) throw new NotAMember();
      if (tenant.status !== 'active') throw new AccountSuspended();
      demandRole(caller.role, least);
      return work(tenant, caller);
    });
  }
}
