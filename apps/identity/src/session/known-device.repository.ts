import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';

/** Per person. Clients that keep no token get a new one at every sign-in: those never shown again go first. */
export const MOST_DEVICES = 20;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Devices that somebody signed in from. Knowing one opens nothing: it only has a guard of its own, so that guesses from
 * elsewhere do not keep its owner out. In the system scope.
 */
@Injectable()
export class KnownDevices {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** The device that holds this token for the account at this address. */
  async find(email: string, token: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ id: string }>(
      `SELECT d.id FROM known_devices d JOIN users u ON u.id = d.user_id WHERE d.token_hash = $1 AND u.email = $2`,
      [hashOf(token), email],
    );
    return row?.id;
  }

  /** The token for a new device of this person, whose row is locked. The prefix lets secret scanners know ours. */
  async add(userId: string, at: Date): Promise<string> {
    const token = `dt_${randomBytes(32).toString('base64url')}`;
    await this.db.execute(
      'INSERT INTO known_devices (id, user_id, token_hash, created_at) VALUES ($1, $2, $3, $4)',
      [newId(), userId, hashOf(token), at],
    );
    await this.db.execute(
      `DELETE FROM known_devices WHERE id IN (SELECT id FROM known_devices WHERE user_id = $1
         ORDER BY last_used_at DESC NULLS LAST, created_at DESC, id DESC OFFSET $2)`,
      [userId, MOST_DEVICES],
    );
    return token;
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.db.execute('UPDATE known_devices SET last_used_at = $2 WHERE id = $1', [id, at]);
  }

  async removeAll(userId: string): Promise<void> {
    await this.db.execute('DELETE FROM known_devices WHERE user_id = $1', [userId]);
  }
}
