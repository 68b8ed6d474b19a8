import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ListedTenant, ListedUser, SuspendRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { actingInPerson } from '../session/acting-user';
import { SessionEndings } from '../session/session-endings.service';
import { toListedTenant, toListedUser } from './directory-views';
import { LocksYouOut, NotInThisState, SubjectNotFound } from './directory.errors';
import { DirectoryRepository, type TenantRow, type UserRow } from './directory.repository';

const REASON = 'suspension';

/** Suspended tenants and people keep their data and lose their sessions; they sign in again once reactivated. */
@Injectable()
export class SuspensionService {
  private readonly logger = new Logger(SuspensionService.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(DirectoryRepository) private readonly directory: DirectoryRepository,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
  ) {}

  /** @throws LocksYouOut, SubjectNotFound, NotInThisState */
  async suspendTenant({ id, reason }: SuspendRequest): Promise<ListedTenant> {
    const { userId, tenantId } = actingInPerson();
    if (id === tenantId) throw new LocksYouOut();
    const at = new Date();
    return this.db.system(REASON, async () => {
      const changed = await this.directory.suspend('tenants', id, userId, reason, at);
      if (changed) await this.endings.end({ tenantId: id }, 'tenant_suspended', at);
      return toListedTenant(this.settled(await this.directory.tenant(id), 'suspended', changed, userId));
    });
  }

  /** @throws SubjectNotFound, NotInThisState */
  async reactivateTenant(id: string): Promise<ListedTenant> {
    const { userId } = actingInPerson();
    return this.db.system(REASON, async () => {
      const changed = await this.directory.reactivate('tenants', id, new Date());
      return toListedTenant(this.settled(await this.directory.tenant(id), 'active', changed, userId));
    });
  }

  /** @throws LocksYouOut, SubjectNotFound, NotInThisState */
  async suspendUser({ id, reason }: SuspendRequest): Promise<ListedUser> {
    const { userId } = actingInPerson();
    if (id === userId) throw new LocksYouOut();
    const at = new Date();
    return this.db.system(REASON, async () => {
      const changed = await this.directory.suspend('users', id, userId, reason, at);
      if (changed) await this.endings.end({ userId: id }, 'account_suspended', at);
      return toListedUser(this.settled(await this.directory.user(id), 'suspended', changed, userId));
    });
  }

  /** @throws SubjectNotFound, NotInThisState */
  async reactivateUser(id: string): Promise<ListedUser> {
    const { userId } = actingInPerson();
    return this.db.system(REASON, async () => {
      const changed = await this.directory.reactivate('users', id, new Date());
      return toListedUser(this.settled(await this.directory.user(id), 'active', changed, userId));
    });
  }

  /** What is so already is fine; what cannot become so (deleted, pending) is refused. */
  private settled<Row extends TenantRow | UserRow>(
    row: Row | undefined,
    wanted: Row['status'],
    changed: boolean,
    by: string,
  ): Row {
    if (!row) throw new SubjectNotFound();
    if (row.status !== wanted) throw new NotInThisState(row.status);
    if (changed) this.logger.warn({ subject: row.id, by, status: wanted }, 'suspension changed');
    return row;
  }
}
