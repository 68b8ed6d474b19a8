import { Inject, Injectable } from '@nestjs/common';
import type { ApiKeyScope, Locale } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { KeySecrets } from './api-key';

export interface ApiKey extends KeySecrets {
  id: string;
  tenantId: string;
  name: string;
  prefix: string;
  scopes: ApiKeyScope[];
  networks: string[];
  limitPerMinute: number | null;
  lastUsedAt: Date | null;
  createdBy: string | null;
  createdAt: Date;
}

export type NewApiKey = Omit<ApiKey, 'previousHash' | 'previousGoodUntil' | 'revokedAt' | 'lastUsedAt'>;

const COLUMNS = `k.id, k.tenant_id AS "tenantId", k.name, k.prefix, k.secret_hash AS "secretHash",
  k.previous_hash AS "previousHash", k.previous_good_until AS "previousGoodUntil", k.scopes, k.networks,
  k.limit_per_minute AS "limitPerMinute", k.expires_at AS "expiresAt", k.last_used_at AS "lastUsedAt",
  k.revoked_at AS "revokedAt", k.created_by AS "createdBy", k.created_at AS "createdAt"`;

@Injectable()
export class ApiKeyRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add(key: NewApiKey): Promise<ApiKey> {
    const [row] = await this.db.query<ApiKey>(
      `INSERT INTO api_keys AS k (id, tenant_id, name, prefix, secret_hash, scopes, networks, limit_per_minute,
         expires_at, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${COLUMNS}`,
      [
        key.id,
        key.tenantId,
        key.name,
        key.prefix,
        key.secretHash,
        key.scopes,
        key.networks,
        key.limitPerMinute,
        key.expiresAt,
        key.createdBy,
        key.createdAt,
      ],
    );
    if (!row) throw new Error('INSERT returned no row');
    return row;
  }

  /** Keys of the tenant that are not revoked; creating takes turns, so that the count holds. */
  async lockCount(tenantId: string): Promise<number> {
    await this.db.query('SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE', [tenantId]);
    const [row] = await this.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM api_keys WHERE tenant_id = $1 AND revoked_at IS NULL',
      [tenantId],
    );
    return row?.n ?? 0;
  }

  async list(after: { at: string; id: string } | undefined, limit: number): Promise<ApiKey[]> {
    return this.db.query<ApiKey>(
      `SELECT ${COLUMNS} FROM api_keys k WHERE k.revoked_at IS NULL
         AND ($1::timestamptz IS NULL OR (k.created_at, k.id) < ($1, $2::uuid))
       ORDER BY k.created_at DESC, k.id DESC LIMIT $3`,
      [after?.at ?? null, after?.id ?? null, limit],
    );
  }

  async lock(id: string): Promise<ApiKey | undefined> {
    const [row] = await this.db.query<ApiKey>(
      `SELECT ${COLUMNS} FROM api_keys k WHERE k.id = $1 AND k.revoked_at IS NULL FOR UPDATE`,
      [id],
    );
    return row;
  }

  /** The current secret becomes the previous one until `previousGoodUntil`; the one before that is gone. */
  async rotate(id: string, secretHash: Buffer, previousGoodUntil: Date): Promise<ApiKey | undefined> {
    const [row] = await this.db.query<ApiKey>(
      `UPDATE api_keys k SET previous_hash = secret_hash, previous_good_until = $3, secret_hash = $2
       WHERE k.id = $1 RETURNING ${COLUMNS}`,
      [id, secretHash, previousGoodUntil],
    );
    return row;
  }

  async revoke(id: string, at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE api_keys SET revoked_at = $2, previous_hash = NULL, previous_good_until = NULL WHERE id = $1`,
      [id, at],
    );
  }

  /** With the language of its tenant; nothing while the tenant is not active, or who made the key is suspended. */
  async findByPrefix(prefix: string): Promise<(ApiKey & { locale: Locale }) | undefined> {
    const [row] = await this.db.query<ApiKey & { locale: Locale }>(
      `SELECT ${COLUMNS}, t.locale FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
       WHERE k.prefix = $1 AND t.status = 'active'
         AND NOT EXISTS (SELECT FROM users u WHERE u.id = k.created_by AND u.status = 'suspended')`,
      [prefix],
    );
    return row;
  }

  async touch(id: string, at: Date, unlessSince: Date): Promise<void> {
    await this.db.execute(
      'UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)',
      [id, at, unlessSince],
    );
  }
}
