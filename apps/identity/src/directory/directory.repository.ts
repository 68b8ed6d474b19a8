import { Inject, Injectable } from '@nestjs/common';
import type { ListedTenant, ListedUser, ListTenantsRequest, ListUsersRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';

type Dated<T, Fields extends keyof T> = Omit<T, Fields> & {
  [Field in Fields]: Date | Extract<T[Field], null>;
};
export type TenantRow = Dated<ListedTenant, 'createdAt' | 'suspendedAt'>;
export type UserRow = Dated<ListedUser, 'createdAt' | 'suspendedAt' | 'lastLoginAt'>;

/** Where a page starts and how long it is. */
export interface Window {
  before: string | null;
  limit: number;
}

const TENANT = `t.id, t.slug, t.name, t.kind, t.status, t.suspended_reason AS "suspendedReason",
  t.suspended_at AS "suspendedAt", t.seat_limit AS "seatLimit", t.created_at AS "createdAt",
  (SELECT count(*)::int FROM memberships m WHERE m.tenant_id = t.id AND m.status = 'active') AS "memberCount",
  (SELECT u.email::text FROM memberships m JOIN users u ON u.id = m.user_id
   WHERE m.tenant_id = t.id AND m.status = 'active' AND m.role = 'owner') AS "ownerEmail"`;
const USER = `u.id, u.email::text AS email, u.email_verified_at IS NOT NULL AS "emailVerified", u.name,
  u.platform_role AS "platformRole", u.status, u.suspended_reason AS "suspendedReason",
  u.suspended_at AS "suspendedAt", u.last_login_at AS "lastLoginAt", u.created_at AS "createdAt",
  (SELECT count(*)::int FROM memberships m WHERE m.user_id = u.id AND m.status = 'active') AS "tenantCount"`;

/** Every tenant and person, for the platform's administration only. */
@Injectable()
export class DirectoryRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Newest first, `limit + 1` rows. */
  async tenants({ q, status }: ListTenantsRequest, { before, limit }: Window): Promise<TenantRow[]> {
    return this.db.query<TenantRow>(
      `SELECT ${TENANT} FROM tenants t
       WHERE ($1::text IS NULL OR lower(t.name) LIKE $1 OR t.slug LIKE $1 OR EXISTS (
           SELECT FROM memberships m JOIN users u ON u.id = m.user_id
           WHERE m.tenant_id = t.id AND m.status = 'active' AND m.role = 'owner' AND lower(u.email::text) LIKE $1))
         AND ($2::text IS NULL OR t.status = $2) AND ($3::uuid IS NULL OR t.id < $3)
       ORDER BY t.id DESC LIMIT $4`,
      [beginningWith(q), status ?? null, before, limit + 1],
    );
  }

  async tenant(id: string): Promise<TenantRow | undefined> {
    const [row] = await this.db.query<TenantRow>(`SELECT ${TENANT} FROM tenants t WHERE t.id = $1`, [id]);
    return row;
  }

  /** Newest first, `limit + 1` rows. */
  async users({ q, status }: ListUsersRequest, { before, limit }: Window): Promise<UserRow[]> {
    return this.db.query<UserRow>(
      `SELECT ${USER} FROM users u
       WHERE ($1::text IS NULL OR lower(u.name) LIKE $1 OR lower(u.email::text) LIKE $1)
         AND ($2::text IS NULL OR u.status = $2) AND ($3::uuid IS NULL OR u.id < $3)
       ORDER BY u.id DESC LIMIT $4`,
      [beginningWith(q), status ?? null, before, limit + 1],
    );
  }

  async user(id: string): Promise<UserRow | undefined> {
    const [row] = await this.db.query<UserRow>(`SELECT ${USER} FROM users u WHERE u.id = $1`, [id]);
    return row;
  }

  /** False when the row is not active. Locks it: new sessions wait and then see the suspension. */
  async suspend(
    table: 'tenants' | 'users',
    id: string,
    by: string,
    reason: string,
    at: Date,
  ): Promise<boolean> {
    const changed = await this.db.execute(
      `UPDATE ${table} SET status = 'suspended', suspended_at = $4, suspended_by = $2, suspended_reason = $3,
         updated_at = $4 WHERE id = $1 AND status = 'active'`,
      [id, by, reason, at],
    );
    return changed === 1;
  }

  /** False when the row is not suspended. */
  async reactivate(table: 'tenants' | 'users', id: string, at: Date): Promise<boolean> {
    const changed = await this.db.execute(
      `UPDATE ${table} SET status = 'active', suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL,
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
