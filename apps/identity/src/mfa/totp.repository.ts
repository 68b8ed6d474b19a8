import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { Envelope } from '../envelopes/envelope';

/** The secret, in base32, is what the envelope holds. */
export interface StoredTotp extends Envelope {
  createdAt: Date;
  /** null until its first code was right. */
  confirmedAt: Date | null;
  lastStep: number | null;
}

/** Only the system scope sees this table. */
@Injectable()
export class TotpRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async find(userId: string): Promise<StoredTotp | undefined> {
    const [row] = await this.db.query<StoredTotp>(
      `SELECT key_id AS "keyId", wrapped_key AS "wrappedKey", sealed, created_at AS "createdAt", confirmed_at AS "confirmedAt",
         last_step::float8 AS "lastStep" FROM mfa_totp WHERE user_id = $1`,
      [userId],
    );
    return row;
  }

  /** Replaces an enrolment that was begun and not confirmed; false when there is an active one. */
  async begin(userId: string, { keyId, wrappedKey, sealed }: Envelope, at: Date): Promise<boolean> {
    const begun = await this.db.execute(
      `INSERT INTO mfa_totp (user_id, key_id, wrapped_key, sealed, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (user_id) DO UPDATE SET key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
         sealed = excluded.sealed, created_at = excluded.created_at
       WHERE mfa_totp.confirmed_at IS NULL`,
      [userId, keyId, wrappedKey, sealed, at],
    );
    return begun === 1;
  }

  async confirm(userId: string, step: number, at: Date): Promise<void> {
    await this.db.execute('UPDATE mfa_totp SET confirmed_at = $2, last_step = $3 WHERE user_id = $1', [
      userId,
      at,
      step,
    ]);
  }

  /** Uses a time step up; of two uses of one code at once one gets true. */
  async useStep(userId: string, step: number): Promise<boolean> {
    const used = await this.db.execute(
      `UPDATE mfa_totp SET last_step = $2
       WHERE user_id = $1 AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < $2)`,
      [userId, step],
    );
    return used === 1;
  }

  /** False when there was none in use. */
  async remove(userId: string): Promise<boolean> {
    const removed = await this.db.query<{ active: boolean }>(
      'DELETE FROM mfa_totp WHERE user_id = $1 RETURNING confirmed_at IS NOT NULL AS active',
      [userId],
    );
    return removed[0]?.active ?? false;
  }
}
