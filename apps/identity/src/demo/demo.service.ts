import { Inject, Injectable } from '@nestjs/common';
import { newId, NotFound, type PlatformRole, type SeedDemoResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { Passwords } from '../account/passwords.service';
import { UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import { TenancyService } from '../tenancy/tenancy.service';
import { type NewTenant, TenantRepository } from '../tenancy/tenant.repository';

interface DemoAccount {
  email: string;
  name: string;
  platformRole: PlatformRole;
  tenant: Omit<NewTenant, 'id'>;
}

const PLACE = { country: 'CA', locale: 'fr', timezone: 'America/Toronto' } as const;

const OWNER: DemoAccount = {
  email: 'owner@demohvac.com',
  name: 'Demo Owner',
  platformRole: 'user',
  tenant: {
    slug: 'tenant-demo-001',
    name: 'Demo HVAC',
    kind: 'company',
    businessName: 'Demo HVAC',
    ...PLACE,
  },
};

const ADMIN: DemoAccount = {
  email: 'admin@parley.test',
  name: 'Platform Admin',
  platformRole: 'super_admin',
  tenant: { slug: 'parley-admin', name: 'Platform Admin', kind: 'personal', businessName: null, ...PLACE },
};

/** Accounts to try Parley with. Their password comes from whoever starts the platform. */
@Injectable()
export class DemoService {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  /** Seeding again sets the password again and changes nothing else. */
  async seed(password: string): Promise<SeedDemoResponse> {
    if (this.config.NODE_ENV === 'production')
      throw new NotFound('No demo in production', 'UNKNOWN_OPERATION');
    const passwordHash = await this.passwords.hashNew(password, OWNER);
    const tenantId = await this.db.system('demo seed', async () => {
      await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('identity.demo', 0))`);
      await this.ensure(ADMIN, passwordHash);
      return this.ensure(OWNER, passwordHash);
    });
    return { tenantId, tenantSlug: OWNER.tenant.slug, ownerEmail: OWNER.email, adminEmail: ADMIN.email };
  }

  private async ensure(account: DemoAccount, passwordHash: string): Promise<string> {
    const { email, name, platformRole, tenant } = account;
    const fields = { passwordHash, platformRole, emailVerifiedAt: new Date() };
    const user =
      (await this.users.findByEmail(email)) ??
      (await this.users.add({ id: newId(), email, name, locale: tenant.locale, ...fields }));
    if (!user) throw new Error(`${email} was registered while it was seeded: seed again`);
    await this.users.reset(user.id, fields);
    const existing = await this.tenants.findBySlug(tenant.slug);
    return (existing ?? (await this.tenancy.open({ id: newId(), ...tenant }, user.id))).id;
  }
}
