import { Injectable } from '@nestjs/common';
import type { EndpointStatus, PayloadFormat } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface EndpointRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly secretEnc: Buffer | null;
  readonly prevSecretUntil: Date | null;
  readonly headerNames: string[];
  readonly events: string[];
  readonly payloadFormat: PayloadFormat;
  readonly isDefault: boolean;
  readonly status: EndpointStatus;
  readonly statusReason: string | null;
  readonly maxAttempts: number;
  readonly schedule: number[] | null;
  readonly failingSince: Date | null;
  readonly consecutiveFailures: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewEndpoint {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly url: string;
  readonly secretEnc: Buffer | null;
  readonly headersEnc: Buffer | null;
  readonly headerNames: string[];
  readonly events: string[];
  readonly payloadFormat: PayloadFormat;
  readonly isDefault: boolean;
  readonly maxAttempts: number;
  readonly schedule: number[] | null;
  readonly createdBy: string | null;
}

/** What may be written over; `undefined` leaves a column as it is. */
export interface EndpointChanges {
  name?: string | undefined;
  url?: string | undefined;
  events?: string[] | undefined;
  payload_format?: PayloadFormat | undefined;
  max_attempts?: number | undefined;
  schedule?: number[] | null | undefined;
  headers_enc?: Buffer | null | undefined;
  header_names?: string[] | undefined;
  secret_enc?: Buffer | undefined;
  prev_secret_enc?: Buffer | null | undefined;
  prev_secret_until?: Date | null | undefined;
  status?: EndpointStatus | undefined;
  status_reason?: string | null | undefined;
  failing_since?: Date | null | undefined;
  consecutive_failures?: number | undefined;
  resting_until?: Date | null | undefined;
}

const COLUMNS = `id, name, url, secret_enc AS "secretEnc", prev_secret_until AS "prevSecretUntil",
  header_names AS "headerNames", events, payload_format AS "payloadFormat", is_default AS "isDefault", status,
  status_reason AS "statusReason", max_attempts AS "maxAttempts", schedule, failing_since AS "failingSince",
  consecutive_failures AS "consecutiveFailures", created_at AS "createdAt", updated_at AS "updatedAt"`;

@Injectable()
export class EndpointRepository {
  constructor(private readonly database: Database) {}

  list(): Promise<EndpointRow[]> {
    return this.database.query(`SELECT ${COLUMNS} FROM webhook_endpoints ORDER BY is_default DESC, id`);
  }

  find(id: string): Promise<EndpointRow | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM webhook_endpoints WHERE id = $1`, [id]);
  }

  findDefault(): Promise<EndpointRow | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM webhook_endpoints WHERE is_default`);
  }

  /** Until the transaction ends nobody else changes it. */
  lock(id: string): Promise<EndpointRow | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  }

  lockDefault(): Promise<EndpointRow | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM webhook_endpoints WHERE is_default FOR NO KEY UPDATE`);
  }

  /** Callers of one tenant take turns, so that they cannot pass a limit or make two defaults side by side. */
  async takeTurns(tenantId: string): Promise<void> {
    await this.database.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7))', [
      `endpoints:${tenantId}`,
    ]);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM webhook_endpoints',
    );
    return row?.count ?? 0;
  }

  async add(endpoint: NewEndpoint): Promise<EndpointRow> {
    const rows = await this.database.query<EndpointRow>(
      `INSERT INTO webhook_endpoints (id, tenant_id, name, url, secret_enc, headers_enc, header_names, events,
         payload_format, is_default, max_attempts, schedule, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING ${COLUMNS}`,
      [
        endpoint.id,
        endpoint.tenantId,
        endpoint.name,
        endpoint.url,
        endpoint.secretEnc,
        endpoint.headersEnc,
        endpoint.headerNames,
        endpoint.events,
        endpoint.payloadFormat,
        endpoint.isDefault,
        endpoint.maxAttempts,
        endpoint.schedule,
        endpoint.createdBy,
      ],
    );
    return rows[0] as EndpointRow;
  }

  change(id: string, changes: EndpointChanges): Promise<EndpointRow | undefined> {
    const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
    const assignments = entries.map(([column], index) => `${column} = $${index + 2}`);
    return this.one(
      `UPDATE webhook_endpoints SET ${[...assignments, 'updated_at = now()'].join(', ')}
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, ...entries.map(([, value]) => value)],
    );
  }

  remove(id: string): Promise<number> {
    return this.database.execute('DELETE FROM webhook_endpoints WHERE id = $1', [id]);
  }

  private async one(sql: string, parameters: unknown[] = []): Promise<EndpointRow | undefined> {
    const [row] = await this.database.query<EndpointRow>(sql, parameters);
    return row;
  }
}
