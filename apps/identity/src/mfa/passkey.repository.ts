import { Inject, Injectable } from '@nestjs/common';
import type { Passkey } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { MadePasskey } from './relying-party';

export interface StoredPasskey {
  id: string;
  userId: string;
  credentialId: string;
  publicKey: Buffer;
  transports: string[];
  synced: boolean;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const COLUMNS = `id, user_id AS "userId", credential_id AS "credentialId", public_key AS "publicKey", transports,
  synced, name, created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

/** Only the system scope sees this table. */
@Injectable()
export class PasskeyRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Oldest first. */
  async ofPerson(userId: string): Promise<StoredPasskey[]> {
    return this.db.query<StoredPasskey>(
      `SELECT ${COLUMNS} FROM mfa_passkeys WHERE user_id = $1 ORDER BY id`,
      [userId],
    );
  }

  async findByCredential(credentialId: string): Promise<StoredPasskey | undefined> {
    const [row] = await this.db.query<StoredPasskey>(
      `SELECT ${COLUMNS} FROM mfa_passkeys WHERE credential_id = $1`,
      [credentialId],
    );
    return row;
  }

  /** Nothing when the credential is registered already, whoever has it. */
  async add(
    made: MadePasskey & Pick<StoredPasskey, 'id' | 'userId' | 'name' | 'createdAt'>,
  ): Promise<StoredPasskey | undefined> {
    const { id, userId, credentialId, publicKey, signCount, transports, synced, name, createdAt } = made;
    const [row] = await this.db.query<StoredPasskey>(
      `INSERT INTO mfa_passkeys
         (id, user_id, credential_id, public_key, sign_count, transports, synced, name, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING RETURNING ${COLUMNS}`,
      [id, userId, credentialId, publicKey, signCount, transports, synced, name, createdAt],
    );
    return row;
  }

  /** False when the counter did not rise: a copy of the key has been used. Authenticators without one stay at zero. */
  async recordUse(id: string, signCount: number, at: Date): Promise<boolean> {
    const used = await this.db.execute(
      `UPDATE mfa_passkeys SET sign_count = $2, last_used_at = $3
       WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))`,
      [id, signCount, at],
    );
    return used === 1;
  }

  async rename(id: string, userId: string, name: string): Promise<StoredPasskey | undefined> {
    const [row] = await this.db.query<StoredPasskey>(
      `UPDATE mfa_passkeys SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING ${COLUMNS}`,
      [id, userId, name],
    );
    return row;
  }

  async remove(id: string, userId: string): Promise<StoredPasskey | undefined> {
    const [row] = await this.db.query<StoredPasskey>(
      `DELETE FROM mfa_passkeys WHERE id = $1 AND user_id = $2 RETURNING ${COLUMNS}`,
      [id, userId],
    );
    return row;
  }

  async removeAll(userId: string): Promise<number> {
    return this.db.execute('DELETE FROM mfa_passkeys WHERE user_id = $1', [userId]);
  }
}

export const toPasskey = ({ id, name, synced, createdAt, lastUsedAt }: StoredPasskey): Passkey => ({
  id,
  name,
  synced,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});
