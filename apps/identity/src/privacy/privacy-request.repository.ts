import { Inject, Injectable } from '@nestjs/common';
import type { PrivacyScope, PrivacyService } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { PrivacyRequest, Receipt } from './privacy-request';

export type NewPrivacyRequest = Pick<
  PrivacyRequest,
  'id' | 'tenantId' | 'userId' | 'kind' | 'scope' | 'subjectPhone' | 'requestedAt' | 'executeAt' | 'dueAt'
>;

export interface Archive {
  key: string;
  sha256: string;
  bytes: number;
}

const COLUMNS = `id, tenant_id AS "tenantId", user_id AS "userId", kind, scope, subject_phone AS "subjectPhone", status,
  reason, whole_tenant_ids AS "wholeTenantIds", receipts, requested_at AS "requestedAt", execute_at AS "executeAt",
  due_at AS "dueAt", started_at AS "startedAt", completed_at AS "completedAt", contact_enc AS "contactEnc",
  archive_key AS "archiveKey", archive_sha256 AS "archiveSha256", archive_bytes::float8 AS "archiveBytes",
  archive_until AS "archiveUntil"`;

/** Asked for by people, who may change tenants meanwhile: in the system scope. */
@Injectable()
export class PrivacyRequestRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Nothing when one of this kind is open for the same subject. */
  async add(request: NewPrivacyRequest): Promise<PrivacyRequest | undefined> {
    const { id, tenantId, userId, kind, scope, subjectPhone, requestedAt, executeAt, dueAt } = request;
    return this.one(
      `INSERT INTO privacy_requests
         (id, tenant_id, user_id, kind, scope, subject_phone, requested_at, execute_at, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [id, tenantId, userId, kind, scope, subjectPhone, requestedAt, executeAt, dueAt],
    );
  }

  /** A person's own, and those of these scopes that anybody made for the tenant. */
  page(
    { userId, tenantId, scopes }: { userId: string; tenantId: string; scopes: readonly PrivacyScope[] },
    before: string | null,
    limit: number,
  ): Promise<PrivacyRequest[]> {
    return this.db.query<PrivacyRequest>(
      `SELECT ${COLUMNS} FROM privacy_requests
       WHERE (user_id = $1 OR (tenant_id = $2 AND scope = ANY($3))) AND ($4::uuid IS NULL OR id < $4)
       ORDER BY id DESC LIMIT $5`,
      [userId, tenantId, scopes, before, limit],
    );
  }

  find(id: string): Promise<PrivacyRequest | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM privacy_requests WHERE id = $1`, [id]);
  }

  lock(id: string): Promise<PrivacyRequest | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM privacy_requests WHERE id = $1 FOR UPDATE`, [id]);
  }

  findByCertificate(hash: Buffer): Promise<PrivacyRequest | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM privacy_requests WHERE certificate_hash = $1`, [hash]);
  }

  async settle(id: string, status: 'cancelled' | 'refused', reason: string | null): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_requests SET status = $2, reason = $3, subject_phone = NULL, contact_enc = NULL WHERE id = $1`,
      [id, status, reason],
    );
  }

  async start(id: string, wholeTenantIds: readonly string[], contact: Buffer, at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_requests SET status = 'running', whole_tenant_ids = $2, contact_enc = $3, started_at = $4,
         asked_at = $4 WHERE id = $1`,
      [id, wholeTenantIds, contact, at],
    );
  }

  async noteAsked(id: string, at: Date): Promise<void> {
    await this.db.execute('UPDATE privacy_requests SET asked_at = $2 WHERE id = $1', [id, at]);
  }

  async addReceipt(id: string, service: PrivacyService, receipt: Receipt): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_requests SET receipts = receipts || jsonb_build_object($2::text, $3::jsonb) WHERE id = $1`,
      [id, service, JSON.stringify(receipt)],
    );
  }

  async completeExport(id: string, { key, sha256, bytes }: Archive, until: Date, at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_requests SET status = 'completed', completed_at = $2, archive_key = $3, archive_sha256 = $4,
         archive_bytes = $5, archive_until = $6, contact_enc = NULL WHERE id = $1`,
      [id, at, key, sha256, bytes, until],
    );
  }

  /** Whose data it was is forgotten with it. */
  async completeErasure(id: string, certificateHash: Buffer, at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_requests SET status = 'completed', completed_at = $2, certificate_hash = $3,
         contact_enc = NULL, subject_phone = NULL WHERE id = $1`,
      [id, at, certificateHash],
    );
  }

  /** Other open requests that an erasure leaves without a subject, and exports of what is being erased. */
  async cancelOthers({ id, userId, scope }: PrivacyRequest, tenantIds: readonly string[]): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_requests SET status = 'cancelled', reason = 'erased', subject_phone = NULL,
         contact_enc = NULL
       WHERE id <> $1 AND (status = 'received' OR (status = 'running' AND kind = 'export'))
         AND ((scope = 'me' AND user_id = $2 AND $3 = 'me') OR (scope <> 'me' AND tenant_id = ANY($4::uuid[])))`,
      [id, userId, scope, tenantIds],
    );
  }

  /** Archives that hold what is being erased, and those that were being made. */
  async archivesOf({ userId, scope, tenantId, wholeTenantIds }: PrivacyRequest): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT id FROM privacy_requests
       WHERE (archive_key IS NOT NULL OR (kind = 'export' AND status = 'cancelled' AND started_at IS NOT NULL)) AND (
         (scope = 'me' AND user_id = $1 AND $2 = 'me') OR (scope <> 'me' AND tenant_id = ANY($3::uuid[]))
         OR (scope <> 'me' AND tenant_id = $4 AND $2 = 'customer'))`,
      [userId, scope, wholeTenantIds, tenantId],
    );
    return rows.map(({ id }) => id);
  }

  async expiredArchives(at: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      'SELECT id FROM privacy_requests WHERE archive_key IS NOT NULL AND archive_until <= $1 LIMIT 500',
      [at],
    );
    return rows.map(({ id }) => id);
  }

  async forgetArchive(id: string): Promise<void> {
    await this.db.execute('UPDATE privacy_requests SET archive_key = NULL WHERE id = $1', [id]);
  }

  /** Requests whose job got lost, or whose answers are missing for too long. */
  async stuck(beganBefore: Date, askedBefore: Date): Promise<PrivacyRequest[]> {
    return this.db.query<PrivacyRequest>(
      `SELECT ${COLUMNS} FROM privacy_requests WHERE (status = 'received' AND execute_at < $1)
         OR (status = 'running' AND asked_at < $2) ORDER BY id LIMIT 500`,
      [beganBefore, askedBefore],
    );
  }

  private async one(sql: string, parameters: unknown[]): Promise<PrivacyRequest | undefined> {
    return (await this.db.query<PrivacyRequest>(sql, parameters))[0];
  }
}
