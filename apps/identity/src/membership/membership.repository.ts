import { Inject, Injectable } from '@nestjs/common';
import {
  type AccountStatus,
  type GrantableRole,
  type Locale,
  type MemberResponse,
  type MembershipRole,
  newId,
  type TenantKind,
  type TenantStatus,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Member {
  id: string;
  userId: string;
  email: string;
  name: string;
  role: MembershipRole;
  viaAgency: string | null;
  joinedAt: Date;
}

/** A tenant whose members nobody else changes until the transaction ends. */
export interface LockedTenant {
  id: string;
  name: string;
  kind: TenantKind;
  status: TenantStatus;
  country: string;
  locale: Locale;
  timezone: string;
  seatLimit: number | null;
  agency: boolean;
  parentId: string | null;
}

/** What a new session may rest on. */
export interface Standing {
  role: MembershipRole;
  tenantStatus: TenantStatus;
  userStatus: AccountStatus;
}

const MEMBER = `m.id, m.user_id AS "userId", u.email::text AS email, u.name, m.role, m.via_agency AS "viaAgency",
  m.created_at AS "joinedAt"`;
const ACTIVE = `FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1 AND m.status = 'active'`;

/** In the system scope: a member's name and address are not the tenant's rows. */
@Injectable()
export class MembershipRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Everything that changes a tenant's members takes this lock first, then rows of members, then sessions. */
  async lockTenant(id: string): Promise<LockedTenant | undefined> {
    const [row] = await this.db.query<LockedTenant>(
      `SELECT id, name, kind, status, country, locale, timezone, seat_limit AS "seatLimit", agency,
         parent_id AS "parentId"
       FROM tenants WHERE id = $1 AND status <> 'deleted' FOR NO KEY UPDATE`,
      [id],
    );
    return row;
  }

  /**
   * Keeps a membership, its tenant and its person as they are until the transaction ends: a session that starts now
   * is seen by whoever removes or suspends next. Nothing when the person is no member.
   */
  async hold(userId: string, tenantId: string): Promise<Standing | undefined> {
    // An agency before its sub-account, as whoever suspends one takes them.
    const agency = await this.holdAgency(userId, tenantId);
    const [tenant] = await this.db.query<{ tenantStatus: TenantStatus }>(
      `SELECT status AS "tenantStatus" FROM tenants WHERE id = $1 FOR SHARE`,
      [tenantId],
    );
    const [member] = await this.db.query<Omit<Standing, 'tenantStatus'>>(
      `SELECT m.role, u.status AS "userStatus" ${ACTIVE} AND m.user_id = $2 FOR SHARE OF u`,
      [tenantId, userId],
    );
    return (
      tenant &&
      member && { ...tenant, ...(agency === 'suspended' ? { tenantStatus: agency } : {}), ...member }
    );
  }

  /** Who works for a suspended agency works nowhere on its behalf. */
  private async holdAgency(userId: string, tenantId: string): Promise<TenantStatus | undefined> {
    const [agency] = await this.db.query<{ status: TenantStatus }>(
      `SELECT a.status FROM tenants a WHERE a.id =
         (SELECT m.via_agency FROM memberships m WHERE m.tenant_id = $2 AND m.user_id = $1) FOR SHARE`,
      [userId, tenantId],
    );
    return agency?.status;
  }

  async find(tenantId: string, userId: string): Promise<Member | undefined> {
    const [row] = await this.db.query<Member>(
      `SELECT ${MEMBER} ${ACTIVE} AND m.user_id = $2 FOR UPDATE OF m`,
      [tenantId, userId],
    );
    return row;
  }

  async hasEmail(tenantId: string, email: string): Promise<boolean> {
    const rows = await this.db.query(`SELECT 1 ${ACTIVE} AND u.email = $2`, [tenantId, email]);
    return rows.length > 0;
  }

  /** Newest first, `limit + 1` rows. */
  async page(tenantId: string, before: string | null, limit: number): Promise<Member[]> {
    return this.db.query<Member>(
      `SELECT ${MEMBER} ${ACTIVE} AND ($2::uuid IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT $3`,
      [tenantId, before, limit + 1],
    );
  }

  /** Whoever sits on a seat; an agency's people take none. */
  async count(tenantId: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `SELECT count(*)::int AS n ${ACTIVE} AND m.via_agency IS NULL`,
      [tenantId],
    );
    return row?.n ?? 0;
  }

  /** False when the person is a member already. Who comes back has a new membership. */
  async add(tenantId: string, userId: string, role: GrantableRole, invitedBy: string): Promise<boolean> {
    await this.db.execute(
      `DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND status <> 'active'`,
      [tenantId, userId],
    );
    const added = await this.db.execute(
      `INSERT INTO memberships (id, tenant_id, user_id, role, invited_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, user_id) DO NOTHING`,
      [newId(), tenantId, userId, role, invitedBy],
    );
    return added === 1;
  }

  async setRole({ id }: Member, role: MembershipRole): Promise<void> {
    await this.db.execute('UPDATE memberships SET role = $2 WHERE id = $1', [id, role]);
  }

  async remove({ id }: Member): Promise<void> {
    await this.db.execute(`UPDATE memberships SET status = 'removed' WHERE id = $1`, [id]);
  }

  /** An agency's person in one of its sub-accounts; who is a member there already stays what they are. */
  async addViaAgency(tenantId: string, userId: string, agencyId: string): Promise<void> {
    await this.db.execute(
      `DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND status <> 'active'`,
      [tenantId, userId],
    );
    await this.db.execute(
      `INSERT INTO memberships (id, tenant_id, user_id, role, via_agency) VALUES ($1, $2, $3, 'admin', $4)
       ON CONFLICT (tenant_id, user_id) DO NOTHING`,
      [newId(), tenantId, userId, agencyId],
    );
  }

  /** Takes a person out of every sub-account of the agency. @returns the sub-accounts */
  async removeViaAgency(agencyId: string, userId: string): Promise<string[]> {
    const rows = await this.db.query<{ tenantId: string }>(
      `WITH gone AS (DELETE FROM memberships WHERE via_agency = $1 AND user_id = $2 RETURNING tenant_id)
       SELECT tenant_id AS "tenantId" FROM gone ORDER BY tenant_id`,
      [agencyId, userId],
    );
    return rows.map(({ tenantId }) => tenantId);
  }

  /** False when a later change of the plan is known. */
  async entitle(tenantId: string, seats: number | null, version: number): Promise<boolean> {
    const changed = await this.db.execute(
      `UPDATE tenants SET seat_limit = $2, entitlements_version = $3, updated_at = now()
       WHERE id = $1 AND entitlements_version < $3`,
      [tenantId, seats, version],
    );
    return changed === 1;
  }

  async setSeatLimit(tenantId: string, limit: number | null): Promise<void> {
    await this.db.execute('UPDATE tenants SET seat_limit = $2, updated_at = now() WHERE id = $1', [
      tenantId,
      limit,
    ]);
  }
}

export const toMemberResponse = ({ userId, email, name, role, joinedAt }: Member): MemberResponse => ({
  userId,
  email,
  name,
  role,
  joinedAt: joinedAt.toISOString(),
});
