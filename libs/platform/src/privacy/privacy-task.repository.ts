import { Inject, Injectable } from '@nestjs/common';
import type { FileManifest, FilePart, PrivacyKind, PrivacyRequestedV1 } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Subject } from './personal-table';

export interface PrivacyTask {
  requestId: string;
  kind: PrivacyKind;
  subject: Subject;
  step: number;
  after: string | null;
  passChanged: number;
  barrier: string | null;
  counts: Record<string, number>;
  /** Files written so far. */
  partCount: number;
  /** Of tasks finished before there were manifests. */
  parts: FilePart[];
  manifest: FileManifest | null;
  finishedAt: Date | null;
}

/** Where the work on each request stands; in an open system transaction. */
@Injectable()
export class PrivacyTaskRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add({ requestId, kind, ...rest }: PrivacyRequestedV1): Promise<void> {
    const { scope, tenantId, userId, phone, wholeTenantIds } = rest;
    await this.db.execute(
      `INSERT INTO privacy_tasks (request_id, kind, subject) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [requestId, kind, JSON.stringify({ scope, tenantId, userId, phone, wholeTenantIds })],
    );
  }

  async find(requestId: string, lock = false): Promise<PrivacyTask | undefined> {
    const [task] = await this.db.query<PrivacyTask>(
      `SELECT request_id AS "requestId", kind, subject, step, after, pass_changed::float8 AS "passChanged",
         barrier::text AS barrier, counts, part_count AS "partCount", parts, manifest, finished_at AS "finishedAt"
       FROM privacy_tasks WHERE request_id = $1 ${lock ? 'FOR UPDATE' : ''}`,
      [requestId],
    );
    return task;
  }

  /** From now on no event of these tenants is handled; what began before is waited for. */
  async raiseBarrier({ requestId, subject }: PrivacyTask): Promise<void> {
    await this.db.execute(
      'INSERT INTO erased_tenants (tenant_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING',
      [subject.wholeTenantIds],
    );
    await this.db.execute('UPDATE privacy_tasks SET barrier = pg_current_xact_id() WHERE request_id = $1', [
      requestId,
    ]);
  }

  /** Whether every transaction is over that may not have seen the barrier. */
  async isPast(barrier: string): Promise<boolean> {
    const [row] = await this.db.query<{ past: boolean }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS past',
      [barrier],
    );
    return row?.past ?? false;
  }

  /** @returns false when another process moved on meanwhile */
  async exported(task: PrivacyTask, after: string | null, part: FilePart | undefined): Promise<boolean> {
    const { requestId, step, counts, partCount } = task;
    const changed = await this.db.execute(
      `UPDATE privacy_tasks SET step = $4, after = $5, counts = $6, part_count = $7
       WHERE request_id = $1 AND step = $2 AND after IS NOT DISTINCT FROM $3 AND finished_at IS NULL`,
      [
        requestId,
        step,
        task.after,
        after === null ? step + 1 : step,
        after,
        JSON.stringify(part ? added(counts, part.table, part.rows) : counts),
        part ? partCount + 1 : partCount,
      ],
    );
    if (changed === 1 && part) await this.addPart(requestId, partCount, part);
    return changed === 1;
  }

  /** In the order in which they were written. */
  async partsOf(requestId: string): Promise<FilePart[]> {
    return this.db.query<FilePart>(
      `SELECT key, table_name AS "table", rows, bytes::float8 AS bytes, sha256 FROM privacy_parts
       WHERE request_id = $1 ORDER BY number`,
      [requestId],
    );
  }

  async erased(task: PrivacyTask, table: string, rows: number, done: boolean): Promise<void> {
    await this.db.execute(
      'UPDATE privacy_tasks SET step = $2, counts = $3, pass_changed = pass_changed + $4 WHERE request_id = $1',
      [
        task.requestId,
        done ? task.step + 1 : task.step,
        JSON.stringify(rows > 0 ? added(task.counts, table, rows) : task.counts),
        rows,
      ],
    );
  }

  async beginAgain({ requestId }: PrivacyTask): Promise<void> {
    await this.db.execute(
      'UPDATE privacy_tasks SET step = 0, pass = pass + 1, pass_changed = 0 WHERE request_id = $1',
      [requestId],
    );
  }

  /** Whose data it was is forgotten too; the manifest lists the parts from now on. */
  async finish({ requestId }: PrivacyTask, manifest: FileManifest | null, at: Date): Promise<void> {
    await this.db.execute(
      `UPDATE privacy_tasks SET finished_at = $2, subject = '{}', manifest = $3 WHERE request_id = $1`,
      [requestId, at, manifest && JSON.stringify(manifest)],
    );
    await this.db.execute('DELETE FROM privacy_parts WHERE request_id = $1', [requestId]);
  }

  private async addPart(requestId: string, number: number, part: FilePart): Promise<void> {
    const { key, table, rows, bytes, sha256 } = part;
    await this.db.execute(
      `INSERT INTO privacy_parts (request_id, number, key, table_name, rows, bytes, sha256)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [requestId, number, key, table, rows, bytes, sha256],
    );
  }
}

const added = (counts: Record<string, number>, table: string, rows: number): Record<string, number> => ({
  ...counts,
  [table]: (counts[table] ?? 0) + rows,
});
