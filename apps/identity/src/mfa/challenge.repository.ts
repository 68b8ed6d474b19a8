import { Inject, Injectable } from '@nestjs/common';
import type { AuthMethod } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { MAX_FAILURES } from './challenge-token';

export type ChallengePurpose = 'sign_in' | 'passwordless' | 'step_up' | 'registration';

export interface Challenge {
  id: string;
  /** null until a passkey says who it is. */
  userId: string | null;
  tenantSlug: string | null;
  /** What was proved before. */
  amr: AuthMethod[];
  /** What the passkey has to sign, base64url; null before its options were asked for. */
  ceremony: string | null;
  expiresAt: Date;
}

export interface NewChallenge extends Challenge {
  purpose: ChallengePurpose;
  hash: Buffer;
  createdAt: Date;
}

const COLUMNS =
  'id, user_id AS "userId", tenant_slug AS "tenantSlug", amr, ceremony, expires_at AS "expiresAt"';
const OPEN = 'token_hash = $1 AND purpose = $2 AND consumed_at IS NULL AND expires_at > $3';

/** Only the system scope sees this table. */
@Injectable()
export class ChallengeRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add(challenge: NewChallenge): Promise<void> {
    const { id, hash, purpose, userId, tenantSlug, amr, ceremony, createdAt, expiresAt } = challenge;
    await this.db.execute(
      `INSERT INTO mfa_challenges (id, token_hash, purpose, user_id, tenant_slug, amr, ceremony, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, hash, purpose, userId, tenantSlug, amr, ceremony, createdAt, expiresAt],
    );
  }

  async find(hash: Buffer, purpose: ChallengePurpose, at: Date): Promise<Challenge | undefined> {
    const [row] = await this.db.query<Challenge>(`SELECT ${COLUMNS} FROM mfa_challenges WHERE ${OPEN}`, [
      hash,
      purpose,
      at,
    ]);
    return row;
  }

  /** Whoever holds it decides about it; of two answers at once the second finds what the first left. */
  async lock(hash: Buffer, purpose: ChallengePurpose, at: Date): Promise<Challenge | undefined> {
    const [row] = await this.db.query<Challenge>(
      `SELECT ${COLUMNS} FROM mfa_challenges WHERE ${OPEN} FOR UPDATE`,
      [hash, purpose, at],
    );
    return row;
  }

  /** Uses the challenge up: of many at once one gets it. */
  async take(hash: Buffer, purpose: ChallengePurpose, at: Date): Promise<Challenge | undefined> {
    const [row] = await this.db.query<Challenge>(
      `UPDATE mfa_challenges SET consumed_at = $3 WHERE ${OPEN} RETURNING ${COLUMNS}`,
      [hash, purpose, at],
    );
    return row;
  }

  async setCeremony(id: string, ceremony: string): Promise<void> {
    await this.db.execute('UPDATE mfa_challenges SET ceremony = $2 WHERE id = $1', [id, ceremony]);
  }

  async fail(id: string, at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE mfa_challenges SET failures = failures + 1,
         consumed_at = CASE WHEN failures + 1 >= $3 THEN $2::timestamptz ELSE consumed_at END WHERE id = $1`,
      [id, at, MAX_FAILURES],
    );
  }

  async consume(id: string, at: Date): Promise<void> {
    await this.db.execute('UPDATE mfa_challenges SET consumed_at = $2 WHERE id = $1', [id, at]);
  }

  async dropOf(userId: string): Promise<void> {
    await this.db.execute('DELETE FROM mfa_challenges WHERE user_id = $1', [userId]);
  }
}
