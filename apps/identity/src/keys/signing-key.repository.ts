import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface SigningKeyRow {
  kid: string;
  publicPem: string;
  /** PKCS#8 under ENCRYPTION_KEY. */
  privateEnc: Buffer;
}

const COLUMNS = 'kid, public_pem AS "publicPem", private_enc AS "privateEnc"';

@Injectable()
export class SigningKeyRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Whoever makes or rotates keys takes turns until the transaction ends. */
  async takeTurn(): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('identity.signing_keys', 0))`);
  }

  async findActive(): Promise<SigningKeyRow | undefined> {
    const [row] = await this.db.query<SigningKeyRow>(
      `SELECT ${COLUMNS} FROM signing_keys WHERE status = 'active'`,
    );
    return row;
  }

  async published(): Promise<SigningKeyRow[]> {
    return this.db.query<SigningKeyRow>(
      `SELECT ${COLUMNS} FROM signing_keys WHERE status IN ('active', 'retiring') ORDER BY created_at DESC, kid`,
    );
  }

  async addActive({ kid, publicPem, privateEnc }: SigningKeyRow, at: Date): Promise<void> {
    await this.db.execute(
      `INSERT INTO signing_keys (kid, public_pem, private_enc, status, created_at) VALUES ($1, $2, $3, 'active', $4)`,
      [kid, publicPem, privateEnc, at],
    );
  }

  async saveSealed({ kid, privateEnc }: SigningKeyRow): Promise<void> {
    await this.db.execute('UPDATE signing_keys SET private_enc = $2 WHERE kid = $1', [kid, privateEnc]);
  }

  async beginRetiring(at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE signing_keys SET status = 'retiring', retiring_at = $1 WHERE status = 'active'`,
      [at],
    );
  }

  /** Private halves of retired keys are of no more use to us, only to a thief. */
  async retire(retiringBefore: Date, at: Date): Promise<number> {
    return this.db.execute(
      `UPDATE signing_keys SET status = 'retired', retired_at = $2, private_enc = ''
       WHERE status = 'retiring' AND retiring_at < $1`,
      [retiringBefore, at],
    );
  }
}
