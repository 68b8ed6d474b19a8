import { Inject, Injectable } from '@nestjs/common';
import { newId, type SocialAccountResponse, type SocialProviderName } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { SocialProfile } from './social-profile';

type Identity = Pick<SocialProfile, 'provider' | 'issuer' | 'subject'>;

export interface SocialAccount {
  id: string;
  userId: string;
  provider: SocialProviderName;
  email: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const COLUMNS = `id, user_id AS "userId", provider, email::text AS email, created_at AS "createdAt",
  last_used_at AS "lastUsedAt"`;

/** Only the system scope sees this table. */
@Injectable()
export class SocialAccountRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Of many arrivals of one identity at once, one after another decides whose it is. */
  async takeTurn({ provider, issuer, subject }: Identity): Promise<void> {
    await this.db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      JSON.stringify(['identity.social', provider, issuer, subject]),
    ]);
  }

  async find({ provider, issuer, subject }: Identity): Promise<SocialAccount | undefined> {
    const [row] = await this.db.query<SocialAccount>(
      `SELECT ${COLUMNS} FROM oauth_accounts WHERE provider = $1 AND issuer = $2 AND provider_user_id = $3`,
      [provider, issuer, subject],
    );
    return row;
  }

  async ofUser(userId: string): Promise<SocialAccount[]> {
    return this.db.query<SocialAccount>(
      `SELECT ${COLUMNS} FROM oauth_accounts WHERE user_id = $1 ORDER BY provider`,
      [userId],
    );
  }

  /** False when the person has an account of this provider already. */
  async add(userId: string, profile: SocialProfile, at: Date, usedAt: Date | null): Promise<boolean> {
    const added = await this.db.execute(
      `INSERT INTO oauth_accounts (id, user_id, provider, issuer, provider_user_id, email, created_at, last_used_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id, provider) DO NOTHING`,
      [newId(), userId, profile.provider, profile.issuer, profile.subject, profile.email, at, usedAt],
    );
    return added === 1;
  }

  /** The address is what the provider told last, for show. */
  async touch({ id }: SocialAccount, email: string | null, at: Date): Promise<void> {
    await this.db.execute('UPDATE oauth_accounts SET last_used_at = $2, email = $3 WHERE id = $1', [
      id,
      at,
      email,
    ]);
  }

  async remove({ id }: SocialAccount): Promise<void> {
    await this.db.execute('DELETE FROM oauth_accounts WHERE id = $1', [id]);
  }

  /** Links from before this moment. */
  async removeOlder(userId: string, before: Date): Promise<void> {
    await this.db.execute('DELETE FROM oauth_accounts WHERE user_id = $1 AND created_at < $2', [
      userId,
      before,
    ]);
  }

  /** Every link of this person, and what would become one. */
  async removeAll(userId: string): Promise<void> {
    for (const table of ['oauth_accounts', 'oauth_states', 'oauth_tickets']) {
      await this.db.execute(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    }
  }
}

export const toSocialAccountResponse = (account: SocialAccount): SocialAccountResponse => ({
  provider: account.provider,
  email: account.email,
  linkedAt: account.createdAt.toISOString(),
  lastUsedAt: account.lastUsedAt?.toISOString() ?? null,
});
