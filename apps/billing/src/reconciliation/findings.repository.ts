import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { ActRecorder } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type Finding, isFlagged } from './finding';
import type { Run } from './run';

export type StoredFinding = Finding & { readonly id: string; readonly flagged: boolean };

const FINDING = `id, tenant_id AS "tenantId", kind, meter, subject, found::float8 AS found, expected::float8 AS expected,
  flagged, outcome, before, after`;

@Injectable()
export class FindingsRepository {
  constructor(
    private readonly database: Database,
    private readonly acts: ActRecorder,
  ) {}

  /** In the transaction of what was done about it, if anything was. The same finding of the same run is kept once. */
  async add({ id: runId, thresholdPct }: Run, finding: Finding): Promise<void> {
    const { tenantId, kind, meter, subject, found, expected, outcome, before, after } = finding;
    const flagged = isFlagged(finding, thresholdPct);
    // No conflict target: naming one would need the right to read, which tenants have not.
    const added = await this.database.execute(
      `INSERT INTO reconciliation_items (id, run_id, tenant_id, kind, meter, subject, found, expected, flagged, outcome,
         before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
      [
        ...[newId(), runId, tenantId, kind, meter, subject.slice(0, 300), found, expected, flagged, outcome],
        ...[before && JSON.stringify(before), after && JSON.stringify(after)],
      ],
    );
    if (added === 1 && outcome === 'repaired')
      await this.acts.record({
        action: 'books.repaired',
        resourceType: 'reconciliation-run',
        resourceId: runId,
        tenantId,
        before: { kind, meter, subject, found, facts: before },
        after: { expected, facts: after },
      });
  }

  /** Findings operations were not told of; nobody else tells them until the transaction ends. */
  async untold(runId: string, limit: number): Promise<StoredFinding[]> {
    return this.database.query<StoredFinding>(
      `SELECT ${FINDING} FROM reconciliation_items WHERE run_id = $1 AND told_at IS NULL ORDER BY id LIMIT $2
       FOR UPDATE`,
      [runId, limit],
    );
  }

  async countTold(runId: string): Promise<number> {
    const [row] = await this.database.query<{ told: number }>(
      'SELECT count(*)::int AS told FROM reconciliation_items WHERE run_id = $1 AND told_at IS NOT NULL',
      [runId],
    );
    return row?.told ?? 0;
  }

  async markTold(ids: readonly string[]): Promise<void> {
    await this.database.execute('UPDATE reconciliation_items SET told_at = now() WHERE id = ANY($1)', [ids]);
  }

  /** @returns how many there were */
  async markAllTold(runId: string): Promise<number> {
    return this.database.execute(
      'UPDATE reconciliation_items SET told_at = now() WHERE run_id = $1 AND told_at IS NULL',
      [runId],
    );
  }
}
