import { Inject, Injectable } from '@nestjs/common';
import type { AccountStatus, AuthProvider, Locale, PlatformRole, UserResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface User {
  id: string;
  email: string;
  emailVerifiedAt: Date | null;
  /** null for accounts that sign in elsewhere. */
  passwordHash: string | null;
  name: string;
  /** E.164 */
  phone: string | null;
  platformRole: PlatformRole;
  /** How the account came to be (BR-009). */
  authProvider: AuthProvider;
  status: AccountStatus;
  locale: Locale;
  createdAt: Date;
  updatedAt: Date;
}

export type NewUser = Pick<User, 'id' | 'email' | 'name' | 'locale' | 'emailVerifiedAt' | 'platformRole'> & {
  /** null until the person chooses one. */
  passwordHash: string | null;
  authProvider?: AuthProvider;
};

const COLUMNS = `id, email::text AS email, email_verified_at AS "emailVerifiedAt", password_hash AS "passwordHash",
  name, phone_e164 AS phone, platform_role AS "platformRole", auth_provider AS "authProvider", status, locale, created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** People are not a tenant's: only the system scope sees this table. */
@Injectable()
export class UserRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Nothing when the address has an account already. */
  async add(user: NewUser): Promise<User | undefined> {
    const [row] = await this.db.query<User>(
      `INSERT INTO users (id, email, email_verified_at, password_hash, name, platform_role, locale, auth_provider)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING RETURNING ${COLUMNS}`,
      [
        user.id,
        user.email,
        user.emailVerifiedAt,
        user.passwordHash,
        user.name,
        user.platformRole,
        user.locale,
        user.authProvider ?? 'email',
      ],
    );
    return row;
  }

  async findByEmail(email: string): Promise<User | undefined> {
    const [row] = await this.db.query<User>(`SELECT ${COLUMNS} FROM users WHERE email = $1`, [email]);
    return row;
  }

  async find(id: string): Promise<User | undefined> {
    const [row] = await this.db.query<User>(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]);
    return row;
  }

  /** As `find`; nobody else changes the person until the transaction ends. */
  async lock(id: string): Promise<User | undefined> {
    const [row] = await this.db.query<User>(`SELECT ${COLUMNS} FROM users WHERE id = $1 FOR NO KEY UPDATE`, [
      id,
    ]);
    return row;
  }

  /**
   * As `lock`, for whoever signs in: the tenants they may sign in to are held first, as everybody locks tenants before
   * people.
   */
  async lockToSignIn(id: string): Promise<User | undefined> {
    await this.db.query(
      `SELECT 1 FROM tenants WHERE id IN
         (SELECT m.tenant_id FROM memberships m WHERE m.user_id = $1 AND m.status = 'active')
       ORDER BY id FOR SHARE`,
      [id],
    );
    return this.lock(id);
  }

  /** As `lockToSignIn`. */
  async lockByEmail(email: string): Promise<User | undefined> {
    const found = await this.findByEmail(email);
    return found && this.lockToSignIn(found.id);
  }

  /** Nobody signs in by password until a new one is set. */
  async dropPassword(id: string): Promise<void> {
    await this.db.execute('UPDATE users SET password_hash = NULL, updated_at = now() WHERE id = $1', [id]);
  }

  /** As `lockToSignIn`, or nothing when the password changed since it was compared. */
  async lockProven({ id, passwordHash }: User): Promise<User | undefined> {
    const user = await this.lockToSignIn(id);
    return user && user.passwordHash === passwordHash ? user : undefined;
  }

  async recordLogin(id: string, at: Date): Promise<void> {
    await this.db.execute('UPDATE users SET last_login_at = $2 WHERE id = $1', [id, at]);
  }

  /** Nothing when it was verified before. */
  async verifyEmail(id: string, at: Date): Promise<User | undefined> {
    const [row] = await this.db.query<User>(
      `UPDATE users SET email_verified_at = $2, updated_at = now()
       WHERE id = $1 AND email_verified_at IS NULL RETURNING ${COLUMNS}`,
      [id, at],
    );
    return row;
  }

  /** Nothing when the password changed since `replaced` was read. */
  async changePassword(id: string, passwordHash: string, replaced: string | null): Promise<User | undefined> {
    const [row] = await this.db.query<User>(
      `UPDATE users SET password_hash = $2, updated_at = now()
       WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $3 RETURNING ${COLUMNS}`,
      [id, passwordHash, replaced],
    );
    return row;
  }

  async updateProfile(
    id: string,
    { name, locale, phone }: Partial<Pick<User, 'name' | 'locale' | 'phone'>>,
  ): Promise<void> {
    await this.db.execute(
      `UPDATE users SET name = coalesce($2, name), locale = coalesce($3, locale),
         phone_e164 = CASE WHEN $4 THEN $5 ELSE phone_e164 END, updated_at = now() WHERE id = $1`,
      [id, name ?? null, locale ?? null, phone !== undefined, phone ?? null],
    );
  }

  /** Makes an existing account what a seed says it is. */
  async reset(
    id: string,
    user: Pick<NewUser, 'passwordHash' | 'platformRole' | 'emailVerifiedAt'>,
  ): Promise<void> {
    await this.db.execute(
      `UPDATE users SET password_hash = $2, platform_role = $3, email_verified_at = coalesce(email_verified_at, $4),
         status = 'active', updated_at = now() WHERE id = $1`,
      [id, user.passwordHash, user.platformRole, user.emailVerifiedAt],
    );
  }
}

/** Addresses are kept and compared in lower case. */
export const normalizeEmail = (email: string): string => email.trim().toLowerCase();

export function toUserResponse(user: User): UserResponse {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerifiedAt !== null,
    emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
    name: user.name,
    phone: user.phone,
    platformRole: user.platformRole,
    authProvider: user.authProvider,
    status: user.status,
    locale: user.locale,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}
