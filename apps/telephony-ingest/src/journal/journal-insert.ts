import type { QueryConfig } from 'pg';
import type { NewJournalRow } from './journal-row';

/**
 * What comes late for an erased tenant is not written down: it looks like a duplicate to its sender.
 * Fields travel as one JSON text and bodies as one binary value cut apart by the server: both cost least to send.
 */
const SQL = `INSERT INTO journal (id, provider, kind, subject, tenant_id, connection_id, dedupe_key, path, content_type,
    headers, body, verified_by, status, last_error, received_at, next_at)
  SELECT id, provider, kind, subject, tenant_id, connection_id, dedupe_key, path, content_type,
    headers, substring($2::bytea FROM body_at FOR body_size), verified_by, status, last_error, received_at,
    coalesce(next_at, received_at)
  FROM json_to_recordset($1::json) AS r(id uuid, provider text, kind text, subject text, tenant_id uuid,
    connection_id uuid, dedupe_key text, path text, content_type text, headers jsonb, body_at int, body_size int,
    verified_by text, status text, last_error text, received_at timestamptz, next_at timestamptz)
  WHERE NOT EXISTS (SELECT FROM erased_tenants e WHERE e.tenant_id = r.tenant_id)
  ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
  RETURNING id`;

/** Inserts all rows in one statement; the ids it returns are those that were new. */
export function insertStatement(rows: readonly NewJournalRow[]): QueryConfig {
  let offset = 1;
  const records = rows.map((row) => {
    const bodyAt = offset;
    offset += row.body.length;
    return {
      id: row.id,
      provider: row.provider,
      kind: row.kind,
      subject: row.subject ?? undefined,
      tenant_id: row.tenantId ?? undefined,
      connection_id: row.connectionId,
      dedupe_key: row.dedupeKey,
      path: row.path,
      content_type: row.contentType,
      headers: row.headers,
      body_at: bodyAt,
      body_size: row.body.length,
      verified_by: row.verifiedBy,
      status: row.status,
      last_error: row.reason ?? undefined,
      received_at: row.receivedAt,
      next_at: row.deferredUntil,
    };
  });
  const bodies = rows.length === 1 && rows[0] ? rows[0].body : Buffer.concat(rows.map(({ body }) => body));
  return { name: 'journal-insert', text: SQL, values: [JSON.stringify(records), bodies] };
}
