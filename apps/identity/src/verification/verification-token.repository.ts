import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { TokenPurpose } from './verification-token';

export interface NewVerificationToken {
  id: string;
  userId: string;
  purpose: TokenPurpose;
  hash: Buffer;
  createdAt: Date;
  expiresAt: Date;
}

/** Only the system scope sees this table. */
@Injectable()
export class VerificationTokenRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add({ id, userId, purpose, hash, createdAt, expiresAt }: NewVerificationToken): Promise<void> {
    await this.db.execute(
      `INSERT INTO verification_tokens (id, user_id, purpose, token_hash, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, userId, purpose, hash, createdAt, expiresAt],
    );
  }

  async countSince(userId: string, purpose: TokenPurpose, since: Date): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM verification_tokens
       WHERE user_id = $1 AND purpose = $2 AND created_at > $3`,
      [userId, purpose, since],
    );
    return row?.count ?? 0;
  }

  /** Whose token this is while it can be used. Lock that person before using it up: resets take both in this order. */
  async findHolder(hash: Buffer, purposes: readonly TokenPurpose[], at: Date): Promise<string | undefined> {
    const [row] = await this.db.query<{ userId: string }>(
      `SELECT user_id AS "userId" FROM verification_tokens
       WHERE token_hash = $1 AND purpose = ANY ($2) AND consumed_at IS NULL AND expires_at > $3`,
      [hash, purposes, at],
    );
    return row?.userId;
  }

  /** Whose token this was, once it is no good any more. */
  async findFormerHolder(hash: Buffer, purpose: TokenPurpose): Promise<string | undefined> {
    const [row] = await this.db.query<{ userId: string }>(
      `SELECT user_id AS "userId" FROM verification_tokens WHERE token_hash = $1 AND purpose = $2`,
      [hash, purpose],
    );
    return row?.userId;
  }

  /** Uses the token up: of many at once one gets the holder, the others nothing. */
  async consume(hash: Buffer, purposes: readonly TokenPurpose[], at: Date): Promise<string | undefined> {
    const [row] = await this.db.query<{ userId: string }>(
      `UPDATE verification_tokens SET consumed_at = $3
       WHERE token_hash = $1 AND purpose = ANY ($2) AND consumed_at IS NULL AND expires_at > $3
       RETURNING user_id AS "userId"`,
      [hash, purposes, at],
    );
    return row?.userId;
  }

  /** The other tokens of this person and these purposes are no good any more either. */
  async consumeAll(userId: string, purposes: readonly TokenPurpose[], at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE verification_tokens SET consumed_at = $3
       WHERE user_id = $1 AND purpose = ANY ($2) AND consumed_at IS NULL`,
      [userId, purposes, at],
    );
  }

  async prune(expiredBefore: Date): Promise<number> {
    return this.db.execute('DELETE FROM verification_tokens WHERE expires_at < $1', [expiredBefore]);
  }
}
