import { Inject, Injectable } from '@nestjs/common';
import type { KeyProvider } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Envelope } from '../envelopes/envelope';

export interface ProviderKeyRow extends Envelope {
  userId: string;
  provider: KeyProvider;
  lastFour: string;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `user_id AS "userId", provider, key_id AS "keyId", wrapped_key AS "wrappedKey", sealed,
  last_four AS "lastFour", created_at AS "createdAt", updated_at AS "updatedAt"`;

@Injectable()
export class ProviderKeyRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Changes of one person's keys take turns until the transaction ends. */
  async takeTurn(userId: string): Promise<void> {
    await this.db.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('identity.provider-keys:' || $1, 0))`,
      [userId],
    );
  }

  async list(userId: string): Promise<ProviderKeyRow[]> {
    return this.db.query<ProviderKeyRow>(
      `SELECT ${COLUMNS} FROM user_provider_keys WHERE user_id = $1 ORDER BY provider`,
      [userId],
    );
  }

  async save(row: Omit<ProviderKeyRow, 'createdAt' | 'updatedAt'>, at: Date): Promise<void> {
    const { userId, provider, keyId, wrappedKey, sealed, lastFour } = row;
    await this.db.execute(
      `INSERT INTO user_provider_keys
         (user_id, provider, key_id, wrapped_key, sealed, last_four, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
       ON CONFLICT (user_id, provider) DO UPDATE SET key_id = excluded.key_id,
         wrapped_key = excluded.wrapped_key, sealed = excluded.sealed, last_four = excluded.last_four,
         updated_at = excluded.updated_at`,
      [userId, provider, keyId, wrappedKey, sealed, lastFour, at],
    );
  }

  async remove(userId: string, provider: KeyProvider): Promise<void> {
    await this.db.execute('DELETE FROM user_provider_keys WHERE user_id = $1 AND provider = $2', [
      userId,
      provider,
    ]);
  }
}

/** What a person's key is sealed for. */
export const ownerOfKey = (userId: string, provider: KeyProvider): string =>
  `provider-key:${userId}:${provider}`;
