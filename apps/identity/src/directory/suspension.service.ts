import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  type ListedTenant,
  type ListedUser,
  tenantReactivatedV1,
  tenantSuspendedV1,
  type UpdateUserRequest,
  userReactivatedV1,
  userSuspendedV1,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type AuditedAct, AuditTrail } from '../audit/audit-trail';
import { actingInPerson } from '../session/acting-user';
import { SessionEndings } from '../session/session-endings.service';
import { toListedTenant, toListedUser } from './directory-views';
import { LocksYouOut, NotInThisState, SubjectNotFound } from './directory.errors';
import { type Authority, DirectoryRepository, type TenantRow, type UserRow } from './directory.repository';

const REASON = 'suspension';

interface Named {
  id: string;
  reason?: string;
}

/** Suspended tenants and people keep their data and lose their sessions; they sign in again once reactivated. */
@Injectable()
export class SuspensionService {
  private readonly logger = new Logger(SuspensionService.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(DirectoryRepository) private readonly directory: DirectoryRepository,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Within an open system transaction it joins that. @throws LocksYouOut, SubjectNotFound, NotInThisState */
  async suspendTenant({ id, reason }: Named, from: Authority = 'platform'): Promise<ListedTenant> {
    const { userId, tenantId } = actingInPerson();
    if (id === tenantId) throw new LocksYouOut();
    const at = new Date();
    return this.db.system(REASON, async () => {
      const by = { by: userId, reason: reason ?? null, at };
      const version = await this.directory.suspendTenant(id, { ...by, from });
      const row = this.settled(await this.directory.tenant(id), 'suspended', version !== undefined, userId);
      if (version === undefined) return toListedTenant(row);
      const payload = { tenantId: id, version, at: at.toISOString() };
      await this.outbox.add(tenantSuspendedV1, payload, { subject: id, tenantId: id });
      await this.endings.endAll(
        [
          { filter: { tenantId: id }, reason: 'tenant_suspended' },
          { filter: { agencyId: id }, reason: 'agency_suspended' },
        ],
        at,
        [{ ...actOn('tenant', 'suspended', id, id), after: { reason: reason ?? null, from } }],
      );
      return toListedTenant(row);
    });
  }

  /** @throws SubjectNotFound, NotInThisState */
  async reactivateTenant(id: string, from: Authority = 'platform'): Promise<ListedTenant> {
    const { userId } = actingInPerson();
    const at = new Date();
    return this.db.system(REASON, async () => {
      const version = await this.directory.reactivateTenant(id, from, at);
      const row = this.settled(await this.directory.tenant(id), 'active', version !== undefined, userId);
      if (version === undefined) return toListedTenant(row);
      const payload = { tenantId: id, version, at: at.toISOString() };
      await this.outbox.add(tenantReactivatedV1, payload, { subject: id, tenantId: id });
      await this.audit.record({ ...actOn('tenant', 'reactivated', id, id), after: { from } });
      return toListedTenant(row);
    });
  }

  updateUser({ id, status, reason }: UpdateUserRequest): Promise<ListedUser> {
    if (status === 'active') return this.reactivateUser(id);
    return this.suspendUser({ id, ...(reason ? { reason } : {}) });
  }

  /** @throws LocksYouOut, SubjectNotFound, NotInThisState */
  async suspendUser({ id, reason }: Named): Promise<ListedUser> {
    const { userId } = actingInPerson();
    if (id === userId) throw new LocksYouOut();
    const at = new Date();
    return this.db.system(REASON, async () => {
      const by = { by: userId, reason: reason ?? null, at };
      const changed = await this.directory.suspendUser(id, by);
      const row = this.settled(await this.directory.user(id), 'suspended', changed, userId);
      if (!changed) return toListedUser(row);
      await this.outbox.add(userSuspendedV1, { userId: id, at: at.toISOString() }, { subject: id });
      await this.endings.end({ userId: id }, 'account_suspended', at, [
        { ...actOn('user', 'suspended', id, null), after: { reason: reason ?? null } },
      ]);
      return toListedUser(row);
    });
  }

  /** @throws SubjectNotFound, NotInThisState */
  async reactivateUser(id: string): Promise<ListedUser> {
    const { userId } = actingInPerson();
    const at = new Date();
    return this.db.system(REASON, async () => {
      const changed = await this.directory.reactivateUser(id, at);
      const row = this.settled(await this.directory.user(id), 'active', changed, userId);
      if (!changed) return toListedUser(row);
      await this.outbox.add(userReactivatedV1, { userId: id, at: at.toISOString() }, { subject: id });
      await this.audit.record(actOn('user', 'reactivated', id, null));
      return toListedUser(row);
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

/** Of people the platform keeps the record: they may be in several tenants, or in none. */
const actOn = (
  resourceType: 'tenant' | 'user',
  what: string,
  resourceId: string,
  tenantId: string | null,
): AuditedAct => ({ action: `${resourceType}.${what}`, resourceType, resourceId, tenantId });
