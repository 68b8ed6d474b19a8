import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

/** Only the system scope sees this table. */
@Injectable()
export class RecoveryCodeRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** The codes before are gone. */
  async replace(userId: string, hashes: readonly Buffer[]): Promise<void> {
    await this.removeAll(userId);
    await this.db.execute(
      'INSERT INTO mfa_recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])',
      [userId, hashes],
    );
  }

  /** Of two uses of one code at once one gets true. */
  async use(userId: string, hash: Buffer, at: Date): Promise<boolean> {
    const used = await this.db.execute(
      'UPDATE mfa_recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL',
      [userId, hash, at],
    );
    return used === 1;
  }

  async countLeft(userId: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM mfa_recovery_codes WHERE user_id = $1 AND used_at IS NULL',
      [userId],
    );
    return row?.n ?? 0;
  }

  async removeAll(userId: string): Promise<void> {
    await this.db.execute('DELETE FROM mfa_recovery_codes WHERE user_id = $1', [userId]);
  }
}
