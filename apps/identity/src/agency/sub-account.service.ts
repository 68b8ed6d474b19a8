import { Inject, Injectable } from '@nestjs/common';
import {
  type CreateSubAccountRequest,
  currentCaller,
  DEFAULT_PAGE_SIZE,
  newId,
  type PageRequest,
  type SubAccount,
  type SubAccountPage,
  type SuspendSubAccountRequest,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { SuspensionService } from '../directory/suspension.service';
import { idBefore } from '../id-page';
import { type LockedTenant } from '../membership/membership.repository';
import { TenantTurn } from '../membership/tenant-turn.service';
import { slugFor } from '../tenancy/slug';
import { TenancyService } from '../tenancy/tenancy.service';
import {
  NotAnAgency,
  SubAccountNotFound,
  SuspendedByPlatform,
  TooManySubAccounts,
} from './sub-account.errors';
import { SubAccountRepository, type SubAccountRow, toSubAccount } from './sub-account.repository';

export const MAX_SUB_ACCOUNTS = 500;

/** What an agency's owner and admins do with their clients' tenants. Changes of one agency take turns. */
@Injectable()
export class SubAccountService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TenantTurn) private readonly turns: TenantTurn,
    @Inject(TenancyService) private readonly tenancy: TenancyService,
    @Inject(SuspensionService) private readonly suspensions: SuspensionService,
    @Inject(SubAccountRepository) private readonly rows: SubAccountRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws NotAnAgency, TooManySubAccounts */
  async create(request: CreateSubAccountRequest): Promise<SubAccount> {
    const name = request.name.trim();
    return this.turns.take('a sub-account', 'admin', async (agency, { userId }) => {
      if (!agency.agency) throw new NotAnAgency();
      if ((await this.rows.count(agency.id)) >= MAX_SUB_ACCOUNTS)
        throw new TooManySubAccounts(MAX_SUB_ACCOUNTS);
      const country = request.country ?? agency.country;
      const locale = request.locale ?? agency.locale;
      const timezone = request.timezone ?? agency.timezone;
      const id = newId();
      const facts = { slug: slugFor(name), name, businessName: request.businessName?.trim() ?? name };
      await this.tenancy.openSubAccount(
        { id, ...facts, kind: 'company', country, locale, timezone, parentId: agency.id },
        userId,
      );
      const act = { action: 'sub-account.created', resourceType: 'tenant', resourceId: id, after: facts };
      await this.audit.recordAll([
        { ...act, tenantId: agency.id },
        { ...act, tenantId: id },
      ]);
      return toSubAccount(await this.get(agency, id));
    });
  }

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<SubAccountPage> {
    const { tenantId = '' } = currentCaller();
    const before = idBefore(cursor);
    const rows = await this.db.system('sub-accounts of the caller’s agency', () =>
      this.rows.page(tenantId, before, limit),
    );
    return toPage(rows, limit, toSubAccount, ({ id }) => [id]);
  }

  /** @throws SubAccountNotFound */
  async suspend({ id, reason }: SuspendSubAccountRequest): Promise<SubAccount> {
    return this.turns.take('suspension of a sub-account', 'admin', async (agency) => {
      await this.get(agency, id);
      await this.suspensions.suspendTenant({ id, reason }, 'agency');
      return toSubAccount(await this.get(agency, id));
    });
  }

  /** @throws SubAccountNotFound, SuspendedByPlatform */
  async reactivate(id: string): Promise<SubAccount> {
    return this.turns.take('reactivation of a sub-account', 'admin', async (agency) => {
      const { suspendedFrom } = await this.get(agency, id);
      if (suspendedFrom === 'platform') throw new SuspendedByPlatform();
      await this.suspensions.reactivateTenant(id, 'agency');
      return toSubAccount(await this.get(agency, id));
    });
  }

  private async get({ id: agencyId }: LockedTenant, id: string): Promise<SubAccountRow> {
    const row = await this.rows.find(agencyId, id);
    if (!row) throw new SubAccountNotFound();
    return row;
  }
}
