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

/** The guard of the account as a whole, or of one of its doors. */
interface GuardKey {
  email: string;
  place?: string;
}

/** `login_guards` holds those of accounts, `login_door_guards` those of doors. */
@Injectable()
export class LoginGuardRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async find({ email, place }: GuardKey): Promise<LoginGuard> {
    const [row] =
      place === undefined
        ? await this.db.query<LoginGuard>(`SELECT ${COLUMNS} FROM login_guards WHERE email = $1`, [email])
        : await this.db.query<LoginGuard>(
            `SELECT ${COLUMNS} FROM login_door_guards WHERE email = $1 AND place = $2`,
            [email, place],
          );
    return row ?? OPEN_GUARD;
  }

  /** As `find`, and nobody else decides at this guard until the transaction ends. */
  async lock({ email, place }: GuardKey, at: Date): Promise<LoginGuard> {
    const [row] =
      place === undefined
        ? await this.db.query<LoginGuard>(
            `INSERT INTO login_guards (email, updated_at) VALUES ($1, $2)
             ON CONFLICT (email) DO UPDATE SET updated_at = excluded.updated_at RETURNING ${COLUMNS}`,
            [email, at],
          )
        : await this.db.query<LoginGuard>(
            `INSERT INTO login_door_guards (email, place, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (email, place) DO UPDATE SET updated_at = excluded.updated_at RETURNING ${COLUMNS}`,
            [email, place, at],
          );
    return row ?? OPEN_GUARD;
  }

  async save({ email, place }: GuardKey, { failedAt, lockedUntil }: LoginGuard): Promise<void> {
    const state = [email, failedAt, lockedUntil];
    if (place === undefined)
      await this.db.execute(
        'UPDATE login_guards SET failed_at = $2, locked_until = $3 WHERE email = $1',
        state,
      );
    else
      await this.db.execute(
        'UPDATE login_door_guards SET failed_at = $2, locked_until = $3 WHERE email = $1 AND place = $4',
        [...state, place],
      );
  }

  /** Lifts every lock of this address, whose account's guard is held. */
  async openAll(email: string): Promise<void> {
    await this.save({ email }, OPEN_GUARD);
    await this.db.execute('DELETE FROM login_door_guards WHERE email = $1', [email]);
  }

  async record({ email, userId, ip, succeeded, at }: LoginAttempt): Promise<void> {
    await this.db.execute(
      `INSERT INTO login_attempts (email, user_id, ip, succeeded, at) VALUES ($1, $2, $3, $4, $5)`,
      [email, userId ?? null, ip ?? null, succeeded, at],
    );
  }
}
