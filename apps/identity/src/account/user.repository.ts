import { Inject, Injectable } from '@nestjs/common';
import type { AccountStatus, Locale, PlatformRole, UserResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface User {
  id: string;
  email: string;
  emailVerifiedAt: Date | null;
  /** null for accounts that sign in elsewhere. */
  passwordHash: string | null;
  name: string;
  platformRole: PlatformRole;
  status: AccountStatus;
  locale: Locale;
  createdAt: Date;
  updatedAt: Date;
}

export type NewUser = Pick<User, 'id' | 'email' | 'name' | 'locale' | 'emailVerifiedAt' | 'platformRole'> & {
  passwordHash: string;
};

const COLUMNS = `id, email::text AS email, email_verified_at AS "emailVerifiedAt", password_hash AS "passwordHash",
  name, platform_role AS "platformRole", status, locale, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** People are not a tenant's: only the system scope sees this table. */
@Injectable()
export class UserRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Nothing when the address has an account already. */
  async add(user: NewUser): Promise<User | undefined> {
    const [row] = await this.db.query<User>(
      `INSERT INTO users (id, email, email_verified_at, password_hash, name, platform_role, locale)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING RETURNING ${COLUMNS}`,
      [
        user.id,
        user.email,
        user.emailVerifiedAt,
        user.passwordHash,
        user.name,
        user.platformRole,
        user.locale,
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

  /** The person as they are now, or nothing when the password changed since it was compared. */
  async recordLogin({ id, passwordHash }: User, at: Date): Promise<User | undefined> {
    const [row] = await this.db.query<User>(
      `UPDATE users SET last_login_at = $3 WHERE id = $1 AND password_hash = $2 RETURNING ${COLUMNS}`,
      [id, passwordHash, at],
    );
    return row;
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

  async updateProfile(id: string, changes: Partial<Pick<User, 'name' | 'locale'>>): Promise<void> {
    await this.db.execute(
      `UPDATE users SET name = coalesce($2, name), locale = coalesce($3, locale), updated_at = now() WHERE id = $1`,
      [id, changes.name ?? null, changes.locale ?? null],
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
    platformRole: user.platformRole,
    status: user.status,
    locale: user.locale,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}
