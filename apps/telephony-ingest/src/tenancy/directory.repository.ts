import { Inject, Injectable } from '@nestjs/common';
import type { WebhookProvider } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { LineNumber } from '../edge/webhook';
import { type Connection, CONNECTION_COLUMNS, type ConnectionRow, fromConnectionRow } from './connection';
import { SecretBox } from '@parley/platform';

export interface TenantFacts {
  id: string;
  slug: string;
  name: string;
  timezone: string;
  locale: 'en' | 'fr';
  country: string;
  suspended: boolean;
}

export interface OwnedNumber extends LineNumber {
  tenantId: string;
}

const REASON = 'whose webhook is this';
const NUMBER_COLUMNS = 'e164, tenant_id AS "tenantId", assistant_id AS "assistantId", routing';

/** Finds across tenants whose a webhook may be. */
@Injectable()
export class DirectoryRepository {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  async connectionById(id: string): Promise<Connection | undefined> {
    return (await this.connections('id = $1', [id]))[0];
  }

  connectionsOfAccount(accountSid: string): Promise<Connection[]> {
    return this.connections('account_sid = $1 ORDER BY tenant_id NULLS LAST', [accountSid]);
  }

  /** @param tenantId null for the platform's own */
  async connectionOf(provider: WebhookProvider, tenantId: string | null): Promise<Connection | undefined> {
    return (
      await this.connections('provider = $1 AND tenant_id IS NOT DISTINCT FROM $2', [provider, tenantId])
    )[0];
  }

  number(e164: string): Promise<OwnedNumber | undefined> {
    return this.one<OwnedNumber>(
      `SELECT ${NUMBER_COLUMNS} FROM phone_numbers WHERE status = 'active' AND e164 = $1`,
      [e164],
    );
  }

  numberByProviderId(providerNumberId: string): Promise<OwnedNumber | undefined> {
    return this.onlyOne(
      `SELECT ${NUMBER_COLUMNS} FROM phone_numbers WHERE status = 'active' AND provider_number_id = $1 LIMIT 2`,
      providerNumberId,
    );
  }

  /** The tenant of an assistant, unless several claim it. */
  async tenantOfAssistant(assistantId: string): Promise<string | undefined> {
    const owner = await this.onlyOne<{ tenantId: string }>(
      `SELECT tenant_id AS "tenantId" FROM provider_connections
        WHERE tenant_id IS NOT NULL AND status = 'active' AND config -> 'assistantIds' ? $1
       UNION
       SELECT tenant_id FROM phone_numbers WHERE status = 'active' AND assistant_id = $1 LIMIT 2`,
      assistantId,
    );
    return owner?.tenantId;
  }

  /** @param name id or slug */
  tenant(name: string): Promise<TenantFacts | undefined> {
    return this.onlyOne(
      `SELECT t.id, t.slug, t.name, t.timezone, t.locale, t.country, coalesce(s.suspended, false) AS suspended
       FROM tenants t LEFT JOIN tenant_standings s ON s.tenant_id = t.id
       WHERE t.id::text = $1 OR t.slug = $1 LIMIT 2`,
      name,
    );
  }

  private async connections(where: string, parameters: unknown[]): Promise<Connection[]> {
    const rows = await this.database.system(REASON, () =>
      this.database.query<ConnectionRow>(
        `SELECT ${CONNECTION_COLUMNS} FROM provider_connections WHERE status = 'active' AND ${where}`,
        parameters,
      ),
    );
    return rows.map((row) => fromConnectionRow(row, this.box));
  }

  private async one<Row>(sql: string, parameters: unknown[]): Promise<Row | undefined> {
    const rows = await this.database.system(REASON, () => this.database.query<Row>(sql, parameters));
    return rows[0];
  }

  /** What two tenants claim belongs to neither. */
  private async onlyOne<Row>(sql: string, key: string): Promise<Row | undefined> {
    const rows = await this.database.system(REASON, () => this.database.query<Row>(sql, [key]));
    return rows.length === 1 ? rows[0] : undefined;
  }
}
