import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { type LoginGuard, OPEN_GUARD } from './lockout';

export interface LoginAttempt {
  email: string;
  userId: string | undefined;
  ip: string | undefined;
  succeeded: boolean;
  at: Date;
}

const COLUMNS = 'failed_at AS "failedAt", locked_until AS "lockedUntil"';

@Injectable()
export class LoginGuardRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async find(email: string): Promise<LoginGuard> {
    const [row] = await this.db.query<LoginGuard>(`SELECT ${COLUMNS} FROM login_guards WHERE email = $1`, [
      email,
    ]);
    return row ?? OPEN_GUARD;
  }

  /** As `find`, and nobody else decides about this address until the transaction ends. */
  async lock(email: string, at: Date): Promise<LoginGuard> {
    const [row] = await this.db.query<LoginGuard>(
      `INSERT INTO login_guards (email, updated_at) VALUES ($1, $2)
       ON CONFLICT (email) DO UPDATE SET updated_at = excluded.updated_at RETURNING ${COLUMNS}`,
      [email, at],
    );
    return row ?? OPEN_GUARD;
  }

  async save(email: string, { failedAt, lockedUntil }: LoginGuard): Promise<void> {
    await this.db.execute(`UPDATE login_guards SET failed_at = $2, locked_until = $3 WHERE email = $1`, [
      email,
      failedAt,
      lockedUntil,
    ]);
  }

  async record({ email, userId, ip, succeeded, at }: LoginAttempt): Promise<void> {
    await this.db.execute(
      `INSERT INTO login_attempts (email, user_id, ip, succeeded, at) VALUES ($1, $2, $3, $4, $5)`,
      [email, userId ?? null, ip ?? null, succeeded, at],
    );
  }
}
