import { Inject, Injectable } from '@nestjs/common';
import {
  Conflict,
  type CreateTenantRequest,
  newId,
  type TenantResponse,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { actingInPerson } from '../session/acting-user';
import { slugFor } from './slug';
import { TenancyService } from './tenancy.service';
import { TenantRepository, toTenantResponse } from './tenant.repository';

/** Every tenant starts with free credits (C-08), so one person cannot own any number. */
export const MAX_OWNED_TENANTS = 10;

export class TooManyTenants extends Conflict {
  constructor() {
    super(`One person owns at most ${MAX_OWNED_TENANTS} tenants`);
  }
}

@Injectable()
export class CompanyService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws TooManyTenants */
  async create(request: CreateTenantRequest): Promise<TenantResponse> {
    const { userId, tenantId } = actingInPerson();
    const name = request.name.trim();
    return this.db.system('a further tenant', async () => {
      await this.db.query('SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
      const owner = await this.users.find(userId);
      const own = await this.tenants.ofMember(userId);
      const current = own.find(({ id }) => id === tenantId);
      if (owner?.status !== 'active' || !current)
        throw new Unauthenticated('This account or membership has ended');
      if (own.filter(({ role }) => role === 'owner').length >= MAX_OWNED_TENANTS) throw new TooManyTenants();
      const company = await this.tenancy.open(
        {
          id: newId(),
          slug: slugFor(name),
          name,
          kind: 'company',
          businessName: request.businessName?.trim() ?? name,
          country: request.country ?? current.country,
          locale: request.locale ?? owner.locale,
          timezone: request.timezone ?? current.timezone,
        },
        userId,
      );
      await this.audit.record({
        action: 'tenant.created',
        resourceType: 'tenant',
        resourceId: company.id,
        after: toTenantResponse(company),
        tenantId: company.id,
      });
      return toTenantResponse(company);
    });
  }
}
