import { Inject, Injectable } from '@nestjs/common';
import { apiKeyRevokedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import type { AuditedAct } from '../audit/audit-trail';
import { type User, UserRepository } from '../account/user.repository';
import { ImpersonationEndings } from '../impersonation/impersonation-endings.service';
import { MembershipRepository } from '../membership/membership.repository';
import { MembershipService } from '../membership/membership.service';
import { OwnedTenants } from './owned-tenants.repository';
import type { PrivacyRequest } from './privacy-request';
import { SessionEndings } from '../session/session-endings.service';

const REASON = 'erased';

type Asked = Pick<PrivacyRequest, 'userId' | 'scope'>;

/**
 * Nothing new comes from an account once it is closed: no session, no membership; nothing from a tenant, no key either.
 * Keys that a person made for a tenant that goes on are its own: its machines work with them. In the open transaction.
 */
@Injectable()
export class AccountClosing {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(OwnedTenants) private readonly owned: OwnedTenants,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(MembershipService) private readonly members: MembershipService,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
    @Inject(ImpersonationEndings) private readonly impersonations: ImpersonationEndings,
    @Inject(UserRepository) private readonly users: UserRepository,
  ) {}

  /** Members keep their accounts; who has no other tenant gets one of their own. */
  async closeTenant(tenantId: string, at: Date, { userId, scope }: Asked): Promise<void> {
    const tenant = await this.memberships.lockTenant(tenantId);
    if (!tenant) return;
    const left = await this.db.query<{ userId: string; name: string }>(
      `UPDATE memberships m SET status = 'removed' FROM users u
       WHERE m.tenant_id = $1 AND m.status = 'active' AND u.id = m.user_id
       RETURNING m.user_id AS "userId", u.name`,
      [tenantId],
    );
    await this.db.execute(`UPDATE tenants SET status = 'deleted', updated_at = now() WHERE id = $1`, [
      tenantId,
    ]);
    const leaving = scope === 'me' ? userId : undefined;
    const keys = await this.revokeKeys(tenantId, at);
    const endings = [{ agencyId: tenantId }, { tenantId }].map((filter) => ({ filter, reason: REASON }));
    await this.endings.endAll(
      endings,
      at,
      keys.map((act) => ({ ...act, actorUserId: userId })),
    );
    await this.leaveClients(tenantId);
    for (const member of left) if (member.userId !== leaving) await this.members.ensureHome(tenant, member);
  }

  async closeUser(userId: string, at: Date): Promise<void> {
    await this.db.execute(`UPDATE memberships SET status = 'removed' WHERE user_id = $1`, [userId]);
    await this.db.execute(`UPDATE users SET status = 'deleted', updated_at = now() WHERE id = $1`, [userId]);
    await this.impersonations.endAllOf(userId, REASON, at);
    await this.endings.end({ userId }, REASON, at);
  }

  /**
   * Nobody signs in as this person, or joins what is theirs, until the transaction ends. Tenants before people, as
   * everybody locks them.
   */
  async lock({ userId, tenantId }: Pick<PrivacyRequest, 'userId' | 'tenantId'>): Promise<User | undefined> {
    const { alone, shared } = await this.owned.of(userId);
    const clients = await this.owned.clientsOf([tenantId, ...alone]);
    await this.db.query('SELECT 1 FROM tenants WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [
      [...new Set([tenantId, ...alone, ...shared, ...clients])],
    ]);
    await this.db.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [userId]);
    return this.users.find(userId);
  }

  /** Of an agency: its people work in no client's tenant any more, and clients that have people go on by themselves. */
  private async leaveClients(agencyId: string): Promise<void> {
    await this.db.execute('DELETE FROM memberships WHERE via_agency = $1', [agencyId]);
    await this.db.execute('UPDATE tenants SET parent_id = NULL, updated_at = now() WHERE parent_id = $1', [
      agencyId,
    ]);
  }

  private async revokeKeys(tenantId: string, at: Date): Promise<AuditedAct[]> {
    const keys = await this.db.query<{ id: string; prefix: string }>(
      `UPDATE api_keys SET revoked_at = $2 WHERE tenant_id = $1 AND revoked_at IS NULL RETURNING id, prefix`,
      [tenantId, at],
    );
    for (const { id: keyId, prefix } of keys)
      await this.outbox.add(apiKeyRevokedV1, { keyId, prefix }, { subject: keyId, tenantId });
    return keys.map(({ id: resourceId }) => ({
      action: 'api-key.revoked',
      resourceType: 'api-key',
      resourceId,
      after: { reason: REASON },
      tenantId,
    }));
  }
}
