import { Inject, Injectable } from '@nestjs/common';
import type { FilePart, PrivacyKind, PrivacyRequestedV1 } from '@parley/contracts';
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
  parts: FilePart[];
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
         barrier::text AS barrier, counts, parts, finished_at AS "finishedAt"
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
    const { requestId, step, counts, parts } = task;
    const changed = await this.db.execute(
      `UPDATE privacy_tasks SET step = $4, after = $5, counts = $6, parts = $7
       WHERE request_id = $1 AND step = $2 AND after IS NOT DISTINCT FROM $3 AND finished_at IS NULL`,
      [
        requestId,
        step,
        task.after,
        after === null ? step + 1 : step,
        after,
        JSON.stringify(part ? added(counts, part.table, part.rows) : counts),
        JSON.stringify(part ? [...parts, part] : parts),
      ],
    );
    return changed === 1;
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

  /** Whose data it was is forgotten too. */
  async finish({ requestId }: PrivacyTask, at: Date): Promise<void> {
    await this.db.execute(`UPDATE privacy_tasks SET finished_at = $2, subject = '{}' WHERE request_id = $1`, [
      requestId,
      at,
    ]);
  }
}

const added = (counts: Record<string, number>, table: string, rows: number): Record<string, number> => ({
  ...counts,
  [table]: (counts[table] ?? 0) + rows,
});
