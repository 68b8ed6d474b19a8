import { Injectable } from '@nestjs/common';
import type { UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface SourceId {
  readonly tenantId: string;
  /** Such as `call:<id>`. */
  readonly sourceKey: string;
}

/** What is written down of one source: its usage record, and what the ledger took for it. */
export interface Charged extends SourceId {
  /** Null: no record. */
  readonly quantity: number | null;
  readonly version: number | null;
  readonly posted: number;
}

export interface RecordRow extends SourceId {
  readonly id: string;
  readonly sourceType: string;
  readonly sourceId: string;
  readonly meter: UsageMeter;
  readonly quantity: number;
  readonly posted: number;
}

/** Units of a source that went to `consumed`, whatever meter paid: its first posting and all corrections. */
const posted = (tenant: string, source: string): string => `(SELECT coalesce(sum(e.amount), 0)
  FROM ledger_transactions t
  JOIN ledger_entries e ON e.tenant_id = t.tenant_id AND e.transaction_id = t.id
  JOIN ledger_accounts a ON a.id = e.account_id AND a.code = a.meter || ':consumed'
  WHERE t.tenant_id = ${tenant} AND t.kind = 'usage' AND split_part(t.natural_key, ':usage', 1) = ${source})`;

@Injectable()
export class ChargesRepository {
  constructor(private readonly database: Database) {}

  /** One row per source asked for, in one snapshot. */
  async of(sources: readonly SourceId[], meter: UsageMeter): Promise<Charged[]> {
    return this.database.query<Charged>(
      `SELECT s.tenant_id AS "tenantId", s.source AS "sourceKey", u.quantity::float8 AS quantity,
         u.source_version::float8 AS version, ${posted('s.tenant_id', 's.source')}::float8 AS posted
       FROM unnest($1::uuid[], $2::text[]) AS s (tenant_id, source)
       LEFT JOIN usage_records u ON u.tenant_id = s.tenant_id AND u.source_type = split_part(s.source, ':', 1)
         AND u.source_id = substr(s.source, strpos(s.source, ':') + 1) AND u.meter = $3`,
      [sources.map(({ tenantId }) => tenantId), sources.map(({ sourceKey }) => sourceKey), meter],
    );
  }

  /** Units the ledger took for a source; to be asked under the lock of the books. */
  async posted(tenantId: string, sourceKey: string): Promise<number> {
    const [row] = await this.database.query<{ posted: number }>(
      `SELECT ${posted('$1::uuid', '$2::text')}::float8 AS posted`,
      [tenantId, sourceKey],
    );
    return row?.posted ?? 0;
  }

  /** Usage records in the order of their ids, which is that of time. Those that just changed are left out. */
  async records(after: string, changedBefore: Date, limit: number): Promise<RecordRow[]> {
    return this.database.query<RecordRow>(
      `SELECT u.id, u.tenant_id AS "tenantId", u.source_type || ':' || u.source_id AS "sourceKey",
         u.source_type AS "sourceType", u.source_id AS "sourceId", u.meter, u.quantity::float8 AS quantity,
         ${posted('u.tenant_id', `u.source_type || ':' || u.source_id`)}::float8 AS posted
       FROM usage_records u WHERE u.id > $1::uuid AND u.updated_at < $2 ORDER BY u.id LIMIT $3`,
      [after, changedBefore, limit],
    );
  }

  /** Sources of one tenant that the ledger charged though nothing says they used anything. */
  async withoutRecord(
    tenantId: string,
    from: Date,
    before: Date,
  ): Promise<(SourceId & { posted: number })[]> {
    return this.database.query<SourceId & { posted: number }>(
      `SELECT t.tenant_id AS "tenantId", split_part(t.natural_key, ':usage', 1) AS "sourceKey",
         sum(e.amount)::float8 AS posted
       FROM ledger_transactions t
       JOIN ledger_entries e ON e.tenant_id = t.tenant_id AND e.transaction_id = t.id
       JOIN ledger_accounts a ON a.id = e.account_id AND a.code = a.meter || ':consumed'
       WHERE t.tenant_id = $1 AND t.kind = 'usage' AND t.natural_key LIKE '%:usage%'
         AND t.created_at >= $2 AND t.created_at < $3
         AND NOT EXISTS (SELECT FROM usage_records u WHERE u.tenant_id = t.tenant_id
           AND u.source_type = split_part(t.natural_key, ':', 1)
           AND u.source_id = substr(split_part(t.natural_key, ':usage', 1), strpos(t.natural_key, ':') + 1))
       GROUP BY 1, 2 HAVING sum(e.amount) <> 0 ORDER BY 2 LIMIT 100`,
      [tenantId, from, before],
    );
  }
}
