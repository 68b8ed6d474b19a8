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
import { demandPowerOver } from './membership-rules';
import { MemberNotFound, OwnerStays, PersonalTenantStays } from './membership.errors';
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
      await this.memberships.setRole(member, role);
      await this.endings.end({ tenantId: tenant.id, userId }, 'role_changed', new Date());
      return toMemberResponse({ ...member, role });
    });
  }

  /** @throws MemberNotFound, OwnerStays, NotYoursToChange */
  async remove(userId: string): Promise<void> {
    await this.turns.take('removal of a member', 'admin', async (tenant, caller) => {
      const member = await this.memberOf(tenant, userId);
      demandPowerOver(caller.role, member.role);
      await this.part(tenant, member, 'member_removed');
    });
  }

  /** @throws OwnerStays */
  async leave(): Promise<void> {
    await this.turns.take('leaving a tenant', 'user', async (tenant, caller) => {
      if (caller.role === 'owner') throw new OwnerStays();
      await this.part(tenant, caller, 'member_left');
    });
  }

  /** @throws PersonalTenantStays, MemberNotFound */
  async transfer(userId: string): Promise<MemberResponse> {
    return this.turns.take('transfer of ownership', 'owner', async (tenant, owner) => {
      const heir = await this.memberOf(tenant, userId);
      if (heir.id === owner.id) return toMemberResponse(owner);
      if (tenant.kind === 'personal') throw new PersonalTenantStays();
      // In this order: no tenant has two owners at any moment, and an index sees to it.
      await this.memberships.setRole(owner, 'admin');
      await this.memberships.setRole(heir, 'owner');
      for (const { userId: whose } of [owner, heir]) {
        await this.endings.end({ tenantId: tenant.id, userId: whose }, 'ownership_transferred', new Date());
      }
      return toMemberResponse({ ...heir, role: 'owner' });
    });
  }

  private async memberOf({ id }: LockedTenant, userId: string): Promise<Member> {
    const member = await this.memberships.find(id, userId);
    if (!member) throw new MemberNotFound();
    return member;
  }

  private async part(tenant: LockedTenant, member: Member, reason: string): Promise<void> {
    await this.memberships.remove(member);
    await this.endings.end({ tenantId: tenant.id, userId: member.userId }, reason, new Date());
    await this.ensureHome(tenant, member);
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
