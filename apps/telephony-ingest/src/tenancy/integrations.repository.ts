import { Inject, Injectable } from '@nestjs/common';
import type { WebhookProvider } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONNECTION_COLUMNS, type ConnectionRow } from './connection';

export type ConnectionChange = Pick<
  ConnectionRow,
  'accountSid' | 'status' | 'config' | 'secrets' | 'previousSecrets' | 'previousUntil'
>;

@Injectable()
export class IntegrationsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Writers of one account take turns, also before it has a row to lock. */
  async lock(tenantId: string | null, provider: WebhookProvider): Promise<ConnectionRow | undefined> {
    await this.database.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `connection:${tenantId ?? ''}:${provider}`,
    ]);
    const rows = await this.database.query<ConnectionRow>(
      `SELECT ${CONNECTION_COLUMNS} FROM provider_connections
       WHERE tenant_id IS NOT DISTINCT FROM $1 AND provider = $2 FOR UPDATE`,
      [tenantId, provider],
    );
    return rows[0];
  }

  async save(
    row: ConnectionChange & Pick<ConnectionRow, 'id' | 'tenantId' | 'provider'>,
  ): Promise<ConnectionRow> {
    const [saved] = await this.database.query<ConnectionRow>(
      `INSERT INTO provider_connections
         (id, tenant_id, provider, status, account_sid, config, secrets, previous_secrets, previous_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, account_sid = excluded.account_sid,
         config = excluded.config, secrets = excluded.secrets, previous_secrets = excluded.previous_secrets,
         previous_until = excluded.previous_until, updated_at = now()
       RETURNING ${CONNECTION_COLUMNS}`,
      [
        row.id,
        row.tenantId,
        row.provider,
        row.status,
        row.accountSid,
        JSON.stringify(row.config),
        row.secrets,
        row.previousSecrets,
        row.previousUntil,
      ],
    );
    if (!saved) throw new Error('An upsert returned no row');
    return saved;
  }

  all(): Promise<ConnectionRow[]> {
    return this.database.query<ConnectionRow>(
      `SELECT ${CONNECTION_COLUMNS} FROM provider_connections ORDER BY provider`,
    );
  }
}
