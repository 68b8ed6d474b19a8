import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  DEFAULT_PAGE_SIZE,
  Forbidden,
  type ListedTenantPage,
  type ListedUserPage,
  type ListTenantsRequest,
  type ListUsersRequest,
  type TenantDetails,
  toPage,
  type UpdateListedTenantRequest,
  type UserDetails,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { idBefore } from '../id-page';
import { actingInPerson } from '../session/acting-user';
import {
  toListedMember,
  toListedTenant,
  toListedUser,
  toTenantDetails,
  toUserDetails,
} from './directory-views';
import { NoAgency, SubjectNotFound } from './directory.errors';
import { DirectoryRepository } from './directory.repository';

@Injectable()
export class DirectoryService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(DirectoryRepository) private readonly directory: DirectoryRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async tenants(request: ListTenantsRequest): Promise<ListedTenantPage> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = request;
    const window = { before: idBefore(cursor), limit };
    const rows = await this.db.system('directory', () => this.directory.tenants(request, window));
    return toPage(rows, limit, toListedTenant, ({ id }) => [id]);
  }

  /**
   * Everybody for super admins; for admins of a tenant its members, and no other tenant exists.
   * @throws SubjectNotFound, Forbidden
   */
  async users(request: ListUsersRequest): Promise<ListedUserPage> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = request;
    const window = { before: idBefore(cursor), limit };
    const own = this.ownTenantOnly(request);
    const rows = await this.db.system('directory', () =>
      this.directory.users({ ...request, ...(own ? { tenantId: own } : {}) }, window),
    );
    return toPage(rows, limit, own ? toListedMember : toListedUser, ({ id }) => [id]);
  }

  /** @throws SubjectNotFound */
  async tenant(id: string): Promise<TenantDetails> {
    const row = await this.db.system('directory', () => this.directory.tenantDetails(id));
    if (!row) throw new SubjectNotFound();
    return toTenantDetails(row);
  }

  /** @throws SubjectNotFound */
  async user(id: string): Promise<UserDetails> {
    return this.db.system('directory', async () => {
      const row = await this.directory.userDetails(id);
      if (!row) throw new SubjectNotFound();
      return toUserDetails(row, await this.directory.membershipsOf(id));
    });
  }

  /** @throws SubjectNotFound, NoAgency */
  async updateTenant({ id, agency }: UpdateListedTenantRequest): Promise<TenantDetails> {
    actingInPerson();
    return this.db.system('agency', async () => {
      const before = await this.directory.tenantDetails(id);
      if (!before) throw new SubjectNotFound();
      if (!(await this.directory.setAgency(id, agency))) throw new NoAgency();
      await this.audit.record({
        action: 'tenant.agency-changed',
        resourceType: 'tenant',
        resourceId: id,
        before: { agency: before.agency },
        after: { agency },
        tenantId: id,
      });
      return toTenantDetails({ ...before, agency });
    });
  }

  private ownTenantOnly({ tenantId: asked, role }: ListUsersRequest): string | undefined {
    const { roles, tenantId } = currentCaller();
    if (roles.includes('super_admin')) return undefined;
    if (!tenantId || !roles.some((each) => each === 'owner' || each === 'admin') || role === 'super_admin')
      throw new Forbidden('Your role does not allow this');
    if (asked && asked !== tenantId) throw new SubjectNotFound();
    return tenantId;
  }
}
