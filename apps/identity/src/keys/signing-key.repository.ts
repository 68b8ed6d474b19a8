import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface SigningKeyRow {
  kid: string;
  publicPem: string;
  /** PKCS#8 under ENCRYPTION_KEY. */
  privateEnc: Buffer;
  createdAt: Date;
  /** Since when it signs; not yet for the next one. */
  activeAt: Date | null;
}

/** Keys older than `activated_at` signed from their first moment. */
const COLUMNS = `kid, public_pem AS "publicPem", private_enc AS "privateEnc", created_at AS "createdAt",
  CASE WHEN status <> 'next' THEN coalesce(activated_at, created_at) END AS "activeAt"`;

@Injectable()
export class SigningKeyRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Whoever makes or rotates keys takes turns until the transaction ends. */
  async takeTurn(): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('identity.signing_keys', 0))`);
  }

  async findActive(): Promise<SigningKeyRow | undefined> {
    return this.findOnly('active');
  }

  /** The one that is published already and will sign next. */
  async findNext(): Promise<SigningKeyRow | undefined> {
    return this.findOnly('next');
  }

  async published(): Promise<SigningKeyRow[]> {
    return this.db.query<SigningKeyRow>(
      `SELECT ${COLUMNS} FROM signing_keys WHERE status IN ('next', 'active', 'retiring') ORDER BY created_at DESC, kid`,
    );
  }

  async addNext({ kid, publicPem, privateEnc, createdAt }: SigningKeyRow): Promise<void> {
    await this.db.execute(
      `INSERT INTO signing_keys (kid, public_pem, private_enc, status, created_at) VALUES ($1, $2, $3, 'next', $4)`,
      [kid, publicPem, privateEnc, createdAt],
    );
  }

  /** After the active one began retiring. */
  async activateNext(at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE signing_keys SET status = 'active', activated_at = $1 WHERE status = 'next'`,
      [at],
    );
  }

  async saveSealed({ kid, privateEnc }: Pick<SigningKeyRow, 'kid' | 'privateEnc'>): Promise<void> {
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

  private async findOnly(status: 'active' | 'next'): Promise<SigningKeyRow | undefined> {
    const [row] = await this.db.query<SigningKeyRow>(
      `SELECT ${COLUMNS} FROM signing_keys WHERE status = $1`,
      [status],
    );
    return row;
  }
}
