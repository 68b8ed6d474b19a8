import { Inject, Injectable } from '@nestjs/common';
import type {
  ListedTenant,
  ListedUser,
  ListTenantsRequest,
  ListUsersRequest,
  Locale,
  TenantDetails,
  UserDetails,
  UserMembership,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

type Dated<T, Fields extends keyof T> = Omit<T, Fields> & {
  [Field in Fields]: Date | Extract<T[Field], null>;
};
export type TenantRow = Dated<ListedTenant, 'createdAt' | 'suspendedAt'>;
export type UserRow = Dated<ListedUser, 'createdAt' | 'suspendedAt' | 'lastLoginAt'>;
export type TenantDetailsRow = Dated<TenantDetails, 'createdAt' | 'suspendedAt'>;
export type MembershipRow = Dated<UserMembership, 'joinedAt'>;
export type UserDetailsRow = UserRow & Pick<UserDetails, 'hasPassword' | 'sessionCount'> & { locale: Locale };

/** Who suspended: an agency never lifts what the platform laid on. */
export type Authority = 'platform' | 'agency';

/** Where a page starts and how long it is. */
export interface Window {
  before: string | null;
  limit: number;
}

const TENANT = `t.id, t.slug, t.name, t.kind, t.status, t.suspended_reason AS "suspendedReason",
  t.suspended_at AS "suspendedAt", t.seat_limit AS "seatLimit", t.created_at AS "createdAt",
  t.agency, t.parent_id AS "parentId",
  (SELECT count(*)::int FROM memberships m WHERE m.tenant_id = t.id AND m.status = 'active') AS "memberCount",
  (SELECT u.email::text FROM memberships m JOIN users u ON u.id = m.user_id
   WHERE m.tenant_id = t.id AND m.status = 'active' AND m.role = 'owner') AS "ownerEmail"`;
const USER = `u.id, u.email::text AS email, u.email_verified_at IS NOT NULL AS "emailVerified", u.name,
  u.platform_role AS "platformRole", u.status, u.suspended_reason AS "suspendedReason",
  u.suspended_at AS "suspendedAt", u.last_login_at AS "lastLoginAt", u.created_at AS "createdAt",
  (SELECT count(*)::int FROM memberships m WHERE m.user_id = u.id AND m.status = 'active') AS "tenantCount"`;
const LIVE = 's.revoked_at IS NULL AND s.expires_at > now()';

export interface Suspension {
  by: string;
  reason: string | null;
  at: Date;
}

/** Every tenant and person, for the platform's administration only. */
@Injectable()
export class DirectoryRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Newest first, `limit + 1` rows. */
  async tenants(
    { q, status, kind, parentId }: ListTenantsRequest,
    { before, limit }: Window,
  ): Promise<TenantRow[]> {
    return this.db.query<TenantRow>(
      `SELECT ${TENANT} FROM tenants t
       WHERE ($1::text IS NULL OR lower(t.name) LIKE $1 OR t.slug LIKE $1 OR EXISTS (
           SELECT FROM memberships m JOIN users u ON u.id = m.user_id
           WHERE m.tenant_id = t.id AND m.status = 'active' AND m.role = 'owner' AND lower(u.email::text) LIKE $1))
         AND ($2::text IS NULL OR t.status = $2) AND ($3::uuid IS NULL OR t.id < $3)
         AND ($5::text IS NULL OR t.kind = $5) AND ($6::uuid IS NULL OR t.parent_id = $6)
       ORDER BY t.id DESC LIMIT $4`,
      [beginningWith(q), status ?? null, before, limit + 1, kind ?? null, parentId ?? null],
    );
  }

  async tenant(id: string): Promise<TenantRow | undefined> {
    const [row] = await this.db.query<TenantRow>(`SELECT ${TENANT} FROM tenants t WHERE t.id = $1`, [id]);
    return row;
  }

  /** Newest first, `limit + 1` rows. */
  async users(
    { q, status, role, tenantId }: ListUsersRequest,
    { before, limit }: Window,
  ): Promise<UserRow[]> {
    const values: unknown[] = [limit + 1, tenantId ?? null];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const conditions = ['true'];
    const pattern = beginningWith(q);
    if (pattern) {
      const place = bind(pattern);
      conditions.push(`(lower(u.name) LIKE ${place} OR lower(u.email::text) LIKE ${place})`);
    }
    if (status) conditions.push(`u.status = ${bind(status)}`);
    if (before) conditions.push(`u.id < ${bind(before)}`);
    if (role === 'super_admin') conditions.push(`u.platform_role = 'super_admin'`);
    const memberRole = role === 'super_admin' ? undefined : role;
    if (tenantId || memberRole) {
      const which = [
        `m.status = 'active'`,
        ...(tenantId ? ['m.tenant_id = $2'] : []),
        ...(memberRole ? [`m.role = ${bind(memberRole)}`] : []),
      ];
      conditions.push(`u.id IN (SELECT m.user_id FROM memberships m WHERE ${which.join(' AND ')})`);
    }
    return this.db.query<UserRow>(
      `SELECT ${USER}, (SELECT m.role FROM memberships m
         WHERE m.user_id = u.id AND m.tenant_id = $2::uuid AND m.status = 'active') AS role
       FROM users u WHERE ${conditions.join(' AND ')} ORDER BY u.id DESC LIMIT $1`,
      values,
    );
  }

  async user(id: string): Promise<UserRow | undefined> {
    const [row] = await this.db.query<UserRow>(`SELECT ${USER}, NULL AS role FROM users u WHERE u.id = $1`, [
      id,
    ]);
    return row;
  }

  async tenantDetails(id: string): Promise<TenantDetailsRow | undefined> {
    const [row] = await this.db.query<TenantDetailsRow>(
      `SELECT ${TENANT}, t.business_name AS "businessName", t.timezone, t.locale, t.country,
         (SELECT count(*)::int FROM tenants c WHERE c.parent_id = t.id AND c.status <> 'deleted') AS "subAccountCount",
         (SELECT count(*)::int FROM invitations i WHERE i.tenant_id = t.id AND i.accepted_at IS NULL
            AND i.revoked_at IS NULL AND i.expires_at > now()) AS "invitationCount",
         (SELECT count(*)::int FROM auth_sessions s WHERE s.tenant_id = t.id AND ${LIVE}) AS "sessionCount"
       FROM tenants t WHERE t.id = $1`,
      [id],
    );
    return row;
  }

  async userDetails(id: string): Promise<UserDetailsRow | undefined> {
    const [row] = await this.db.query<UserDetailsRow>(
      `SELECT ${USER}, NULL AS role, u.locale, u.password_hash IS NOT NULL AS "hasPassword",
         (SELECT count(*)::int FROM auth_sessions s WHERE s.user_id = u.id AND ${LIVE}) AS "sessionCount"
       FROM users u WHERE u.id = $1`,
      [id],
    );
    return row;
  }

  async membershipsOf(userId: string): Promise<MembershipRow[]> {
    return this.db.query<MembershipRow>(
      `SELECT t.id AS "tenantId", t.slug, t.name, t.kind, t.status, m.role, m.via_agency AS "agencyId",
         m.created_at AS "joinedAt"
       FROM memberships m JOIN tenants t ON t.id = m.tenant_id
       WHERE m.user_id = $1 AND m.status = 'active' ORDER BY m.created_at, m.id LIMIT 1000`,
      [userId],
    );
  }

  /** False when there is no such company at the top; what has sub-accounts cannot stop being an agency. */
  async setAgency(id: string, agency: boolean): Promise<boolean> {
    const changed = await this.db.execute(
      `UPDATE tenants t SET agency = $2, updated_at = now() WHERE id = $1 AND kind = 'company' AND parent_id IS NULL
         AND status <> 'deleted' AND ($2 OR NOT EXISTS (SELECT FROM tenants c WHERE c.parent_id = t.id))`,
      [id, agency],
    );
    return changed === 1;
  }

  /**
   * The change's number, or nothing when the tenant is suspended already or deleted. Locks it: new sessions wait and
   * then see the suspension. The platform's takes the place of an agency's.
   */
  async suspendTenant(
    id: string,
    { by, reason, from, at }: Suspension & { from: Authority },
  ): Promise<number | undefined> {
    const [row] = await this.db.query<{ version: number }>(
      `UPDATE tenants SET status = 'suspended', suspended_at = $4, suspended_by = $2, suspended_reason = $3,
         suspended_from = $5, updated_at = $4, version = version + 1
       WHERE id = $1 AND (status = 'active' OR (status = 'suspended' AND suspended_from <> $5 AND $5 = 'platform'))
       RETURNING version`,
      [id, by, reason, at, from],
    );
    return row?.version;
  }

  /** The change's number, or nothing when the tenant is not suspended by `from`; the platform lifts either's. */
  async reactivateTenant(id: string, from: Authority, at: Date): Promise<number | undefined> {
    const [row] = await this.db.query<{ version: number }>(
      `UPDATE tenants SET status = 'active', suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL,
         suspended_from = NULL, updated_at = $2, version = version + 1
       WHERE id = $1 AND status = 'suspended' AND ($3 = 'platform' OR suspended_from = $3) RETURNING version`,
      [id, at, from],
    );
    return row?.version;
  }

  /** False when the person is not active. Locks them: new sessions wait and then see the suspension. */
  async suspendUser(id: string, { by, reason, at }: Suspension): Promise<boolean> {
    const changed = await this.db.execute(
      `UPDATE users SET status = 'suspended', suspended_at = $4, suspended_by = $2, suspended_reason = $3,
         updated_at = $4 WHERE id = $1 AND status = 'active'`,
      [id, by, reason, at],
    );
    return changed === 1;
  }

  /** False when the person is not suspended. */
  async reactivateUser(id: string, at: Date): Promise<boolean> {
    const changed = await this.db.execute(
      `UPDATE users SET status = 'active', suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL,
         updated_at = $2 WHERE id = $1 AND status = 'suspended'`,
      [id, at],
    );
    return changed === 1;
  }
}

/** A LIKE pattern that takes the text literally. */
function beginningWith(q: string | undefined): string | null {
  return q === undefined
    ? null
    : `${q
        .trim()
        .toLowerCase()
        .replace(/[\\%_]/g, '\\$&')}%`;
}
