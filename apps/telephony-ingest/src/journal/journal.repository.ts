import { Inject, Injectable } from '@nestjs/common';
import type {
  JournalStatus,
  ListJournalRequest,
  ReplayJournalRangeRequest,
  WebhookProvider,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface JournalRow {
  id: string;
  provider: WebhookProvider;
  kind: string;
  subject: string | null;
  tenantId: string | null;
  connectionId: string | null;
  dedupeKey: string;
  verifiedBy: string;
  status: JournalStatus;
  attempts: number;
  nextAt: Date;
  lastError: string | null;
  receivedAt: Date;
  processedAt: Date | null;
  replayCount: number;
  replayedBy: string | null;
  size: number;
}

export interface JournalRowDetail extends JournalRow {
  path: string;
  contentType: string;
  headers: Record<string, unknown>;
  body: Buffer;
}

const COLUMNS = `id, provider, kind, subject, tenant_id AS "tenantId", connection_id AS "connectionId",
  dedupe_key AS "dedupeKey", verified_by AS "verifiedBy", status, attempts, next_at AS "nextAt",
  last_error AS "lastError", received_at AS "receivedAt", processed_at AS "processedAt",
  replay_count AS "replayCount", replayed_by AS "replayedBy", octet_length(body) AS size`;

/** The journal as administrators read it: across tenants, in an open system transaction. */
@Injectable()
export class JournalRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Newest first. */
  list(
    { provider, status, tenantId, kind }: ListJournalRequest,
    limit: number,
    before?: string,
  ): Promise<JournalRow[]> {
    return this.database.query<JournalRow>(
      `SELECT ${COLUMNS} FROM journal
       WHERE ($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR status = $2)
         AND ($3::uuid IS NULL OR tenant_id = $3) AND ($4::text IS NULL OR kind = $4)
         AND ($5::uuid IS NULL OR id < $5)
       ORDER BY id DESC LIMIT $6`,
      [provider ?? null, status ?? null, tenantId ?? null, kind ?? null, before ?? null, limit],
    );
  }

  async find(id: string): Promise<JournalRowDetail | undefined> {
    const rows = await this.database.query<JournalRowDetail>(
      `SELECT ${COLUMNS}, path, content_type AS "contentType", headers, body FROM journal WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  /** Oldest first. */
  async idsIn(range: ReplayJournalRangeRequest, status: JournalStatus, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM journal
       WHERE status = $1 AND received_at >= $2 AND received_at < coalesce($3::timestamptz, now())
         AND ($4::text IS NULL OR provider = $4) AND ($5::uuid IS NULL OR tenant_id = $5)
         AND ($6::text IS NULL OR kind = $6)
       ORDER BY id LIMIT $7`,
      [
        status,
        range.from,
        range.to ?? null,
        range.provider ?? null,
        range.tenantId ?? null,
        range.kind ?? null,
        limit,
      ],
    );
    return rows.map(({ id }) => id);
  }

  /** @returns false when a worker has it right now, or it was settled meanwhile and is not to be done again */
  async requeue(
    id: string,
    options: { force: boolean; by: string | null; tenantId: string | null },
  ): Promise<boolean> {
    const changed = await this.database.execute(
      `UPDATE journal SET status = 'received', attempts = 0, next_at = now(), last_error = NULL, tenant_id = $4,
         replay_count = replay_count + 1, replayed_by = $2
       WHERE id = $1 AND status <> 'processing' AND (status <> 'processed' OR $3) AND octet_length(body) > 0`,
      [id, options.by, options.force, options.tenantId],
    );
    return changed === 1;
  }
}
