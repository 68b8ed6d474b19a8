import { Inject, Injectable } from '@nestjs/common';
import {
  type CreateAccountRequest,
  type CreatedAccountResponse,
  currentCaller,
  Invalid,
  newId,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { normalizeEmail, toUserResponse } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { NotInThisState, SubjectNotFound } from '../directory/directory.errors';
import { InvitationRepository } from '../invitation/invitation.repository';
import { MembershipRepository } from '../membership/membership.repository';
import { Seats } from '../membership/seats.service';
import { actingInPerson } from '../session/acting-user';
import { DEFAULT_COUNTRY, DEFAULT_TIMEZONE } from '../tenancy/places';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import { type MemberTenant, TenantRepository, toTenantResponse } from '../tenancy/tenant.repository';
import { AccountOpening, type NewPerson } from './account-opening.service';

@Injectable()
export class AccountAdmin {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AccountOpening) private readonly opening: AccountOpening,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(InvitationRepository) private readonly invitations: InvitationRepository,
    @Inject(Seats) private readonly seats: Seats,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws EmailTaken, SubjectNotFound, NotInThisState, SeatsTaken */
  async create(request: CreateAccountRequest): Promise<CreatedAccountResponse> {
    const { userId: by } = actingInPerson();
    refuseMixture(request);
    const at = new Date();
    return this.db.system('an account opened by an administrator', async () => {
      const { user, tenant } = request.tenantId
        ? await this.join(request, request.tenantId, by, at)
        : await this.openPersonal(request, at);
      await this.opening.mailPasswordLink(user, tenant.name, at);
      await this.audit.record({
        action: 'account.created',
        resourceType: 'user',
        resourceId: user.id,
        after: { email: user.email, name: user.name, role: tenant.role },
        tenantId: tenant.id,
      });
      return {
        user: toUserResponse(user),
        tenant: toTenantResponse(tenant),
        memberships: [toTenantResponse(tenant)],
      };
    });
  }

  private async join(request: CreateAccountRequest, tenantId: string, by: string, at: Date) {
    const tenant = await this.memberships.lockTenant(tenantId);
    if (!tenant) throw new SubjectNotFound();
    if (tenant.status !== 'active') throw new NotInThisState(tenant.status);
    const email = normalizeEmail(request.email);
    await this.seats.demandOne(tenant, await this.invitations.countOthers(tenantId, email, at));
    const user = await this.opening.open(personIn(request, tenant.locale), at);
    await this.memberships.add(tenantId, user.id, request.role ?? 'user', by);
    const joined = (await this.tenants.ofMember(user.id)).find(({ id }) => id === tenantId);
    if (!joined) throw new Error('A new member does not see the tenant');
    return { user, tenant: joined };
  }

  private async openPersonal(request: CreateAccountRequest, at: Date) {
    const user = await this.opening.open(personIn(request, currentCaller().locale), at);
    const company = request.company?.trim();
    const name = company || user.name;
    const tenant: MemberTenant = await this.tenancy.open(
      {
        id: newId(),
        slug: slugFor(name),
        name,
        kind: 'personal',
        businessName: company || null,
        country: request.country ?? DEFAULT_COUNTRY,
        locale: user.locale,
        timezone: request.timezone ?? DEFAULT_TIMEZONE,
      },
      user.id,
    );
    return { user, tenant };
  }
}

const personIn = (
  { email, name, locale }: CreateAccountRequest,
  fallback: NewPerson['locale'],
): NewPerson => ({
  email,
  name,
  locale: locale ?? fallback,
});

/** A tenant that exists has its facts already, and a role is had in one. */
function refuseMixture({ tenantId, role, company, timezone, country }: CreateAccountRequest): void {
  const misplaced = Object.entries(tenantId ? { company, timezone, country } : { role });
  const faults = misplaced.flatMap(([field, value]) =>
    value === undefined ? [] : [{ field, message: tenantId ? 'is not for members' : 'is had in a tenantId' }],
  );
  if (faults.length > 0)
    throw new Invalid(`Invalid input: ${faults.map(({ field }) => field).join(', ')}`, faults);
}
