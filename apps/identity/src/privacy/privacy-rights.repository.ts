import { Inject, Injectable } from '@nestjs/common';
import type { MembershipRole, PrivacyScope } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { hasRole } from '../membership/membership-rules';

export const LEAST_ROLE: Record<PrivacyScope, MembershipRole> = {
  me: 'user',
  tenant: 'owner',
  customer: 'admin',
};

/** What somebody may ask for today: the role that let them ask may be gone when it is carried out or fetched. */
@Injectable()
export class PrivacyRights {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Scopes of the tenant as a whole; none where person, tenant or agency is suspended. */
  async of(userId: string, tenantId: string): Promise<PrivacyScope[]> {
    const [member] = await this.db.query<{ role: MembershipRole }>(
      `SELECT m.role FROM memberships m JOIN users u ON u.id = m.user_id JOIN tenants t ON t.id = m.tenant_id
         LEFT JOIN tenants a ON a.id = m.via_agency
       WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.status = 'active' AND u.status = 'active'
         AND t.status = 'active' AND coalesce(a.status, 'active') = 'active'`,
      [tenantId, userId],
    );
    if (!member) return [];
    return (['tenant', 'customer'] as const).filter((scope) => hasRole(member.role, LEAST_ROLE[scope]));
  }

  async allows({ userId, tenantId, scope }: Subject): Promise<boolean> {
    return scope === 'me' || (await this.of(userId, tenantId)).includes(scope);
  }
}

interface Subject {
  userId: string;
  tenantId: string;
  scope: PrivacyScope;
}
