import { Inject, Injectable } from '@nestjs/common';
import {
  type ChangeMemberRoleRequest,
  currentCaller,
  DEFAULT_PAGE_SIZE,
  type MemberPage,
  type MemberResponse,
  newId,
  type PageRequest,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { idBefore } from '../id-page';
import { SessionEndings } from '../session/session-endings.service';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { TenantRepository } from '../tenancy/tenant.repository';
import type { AuditedAct } from '../audit/audit-trail';
import { demandPowerOver } from './membership-rules';
import { AgencyStays, MemberNotFound, OwnerStays, PersonalTenantStays } from './membership.errors';
import {
  type LockedTenant,
  type Member,
  MembershipRepository,
  toMemberResponse,
} from './membership.repository';
import { TenantTurn } from './tenant-turn.service';

/** Roles are in tokens, so whoever's role changes signs in again. */
@Injectable()
export class MembershipService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TenantTurn) private readonly turns: TenantTurn,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
  ) {}

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<MemberPage> {
    const { tenantId = '' } = currentCaller();
    const before = idBefore(cursor);
    const rows = await this.db.system('members of the caller’s tenant', () =>
      this.memberships.page(tenantId, before, limit),
    );
    return toPage(rows, limit, toMemberResponse, ({ id }) => [id]);
  }

  /** @throws MemberNotFound, OwnerStays, NotYoursToChange */
  async changeRole({ userId, role }: ChangeMemberRoleRequest): Promise<MemberResponse> {
    return this.turns.take('change of role', 'admin', async (tenant, caller) => {
      const member = await this.memberOf(tenant, userId);
      demandPowerOver(caller.role, member.role);
      if (member.role === role) return toMemberResponse(member);
      if (member.viaAgency) throw new AgencyStays();
      await this.memberships.setRole(member, role);
      const tenantIds = [tenant.id, ...(role === 'user' ? await this.leaveClients(tenant, userId) : [])];
      await this.endings.end({ tenantIds, userId }, 'role_changed', new Date(), [
        {
          ...actOn('member.role-changed', tenant, userId),
          before: { role: member.role },
          after: { role },
        },
      ]);
      return toMemberResponse({ ...member, role });
    });
  }

  /** @throws MemberNotFound, OwnerStays, NotYoursToChange */
  async remove(userId: string): Promise<void> {
    await this.turns.take('removal of a member', 'admin', async (tenant, caller) => {
      const member = await this.memberOf(tenant, userId);
      demandPowerOver(caller.role, member.role);
      await this.part(tenant, member, 'member_removed', 'member.removed');
    });
  }

  /** @throws OwnerStays */
  async leave(): Promise<void> {
    await this.turns.take('leaving a tenant', 'user', async (tenant, caller) => {
      if (caller.role === 'owner') throw new OwnerStays();
      await this.part(tenant, caller, 'member_left', 'member.left');
    });
  }

  /** @throws PersonalTenantStays, MemberNotFound */
  async transfer(userId: string): Promise<MemberResponse> {
    return this.turns.take('transfer of ownership', 'owner', async (tenant, owner) => {
      const heir = await this.memberOf(tenant, userId);
      if (heir.id === owner.id) return toMemberResponse(owner);
      if (tenant.kind === 'personal') throw new PersonalTenantStays();
      if (heir.viaAgency) throw new AgencyStays();
      // In this order: no tenant has two owners at any moment, and an index sees to it.
      await this.memberships.setRole(owner, 'admin');
      await this.memberships.setRole(heir, 'owner');
      const userIds = [owner.userId, heir.userId];
      await this.endings.end({ tenantId: tenant.id, userIds }, 'ownership_transferred', new Date(), [
        {
          ...actOn('tenant.transferred', tenant, heir.userId),
          before: { ownerId: owner.userId },
          after: { ownerId: heir.userId },
        },
      ]);
      return toMemberResponse({ ...heir, role: 'owner' });
    });
  }

  private async memberOf({ id }: LockedTenant, userId: string): Promise<Member> {
    const member = await this.memberships.find(id, userId);
    if (!member) throw new MemberNotFound();
    return member;
  }

  private async part(tenant: LockedTenant, member: Member, reason: string, action: string): Promise<void> {
    const { userId, role } = member;
    await this.memberships.remove(member);
    const tenantIds = [tenant.id, ...(await this.leaveClients(tenant, userId))];
    await this.ensureHome(tenant, member);
    await this.endings.end({ tenantIds, userId }, reason, new Date(), [
      { ...actOn(action, tenant, userId), before: { role } },
    ]);
  }

  /** Whoever does not administer an agency any more works in none of its sub-accounts. */
  private async leaveClients({ id, agency }: LockedTenant, userId: string): Promise<string[]> {
    return agency ? this.memberships.removeViaAgency(id, userId) : [];
  }

  /**
   * Nobody is left without a tenant: they could not even sign in to accept another invitation. It happens once per
   * person, for a personal tenant cannot be left or given away.
   */
  async ensureHome(left: LockedTenant, { userId, name }: Pick<Member, 'userId' | 'name'>): Promise<void> {
    await this.db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`identity.home.${userId}`]);
    if ((await this.tenants.ofMember(userId)).length > 0) return;
    const { country, locale, timezone } = left;
    await this.tenancy.open(
      {
        id: newId(),
        slug: slugFor(name),
        name,
        kind: 'personal',
        businessName: null,
        country,
        locale,
        timezone,
      },
      userId,
    );
  }
}

const actOn = (action: string, { id: tenantId }: LockedTenant, userId: string): AuditedAct => ({
  action,
  resourceType: 'member',
  resourceId: userId,
  tenantId,
});
