import { Injectable } from '@nestjs/common';
import {
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  type GetRunRequest,
  Invalid,
  isUuid,
  type PageRequest,
  type ReconciliationItem,
  type ReconciliationRun,
  type ReconciliationRunDetail,
  type ReconciliationRunPage,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { basisPointsOf } from './finding';
import { RunUnknown } from './reconciliation.errors';

type RunRow = Omit<ReconciliationRun, 'windowStart' | 'windowEnd' | 'startedAt' | 'finishedAt'> & {
  windowStart: Date;
  windowEnd: Date;
  startedAt: Date;
  finishedAt: Date | null;
};
type ItemRow = Omit<ReconciliationItem, 'delta' | 'deltaBasisPoints' | 'createdAt'> & { createdAt: Date };

const RUN = `SELECT r.id, r.trigger, r.triggered_by AS "triggeredBy", r.status, r.phase,
    r.threshold_pct AS "thresholdPct", r.window_start AS "windowStart", r.window_end AS "windowEnd",
    r.calls_checked::float8 AS "callsChecked", r.records_checked::float8 AS "recordsChecked",
    r.periods_checked::float8 AS "periodsChecked", r.tenants_checked::float8 AS "tenantsChecked",
    r.payments_checked::float8 AS "paymentsChecked", i.findings, i.flagged, i.repaired, r.error,
    r.started_at AS "startedAt", r.finished_at AS "finishedAt"
  FROM reconciliation_runs r CROSS JOIN LATERAL (
    SELECT count(*)::int AS findings, count(*) FILTER (WHERE flagged)::int AS flagged,
      count(*) FILTER (WHERE outcome = 'repaired')::int AS repaired
    FROM reconciliation_items WHERE run_id = r.id) i`;

const ITEM = `SELECT id, kind, tenant_id AS "tenantId", meter, subject, found::float8 AS found,
    expected::float8 AS expected, flagged, outcome, before, after, created_at AS "createdAt"
  FROM reconciliation_items`;

/** History of reconciliations, and the one that runs. */
@Injectable()
export class ReconciliationReadModel {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list({ limit = DEFAULT_PAGE_SIZE, cursor }: PageRequest): Promise<ReconciliationRunPage> {
    const rows = await this.database.system('history of reconciliations', () =>
      this.database.query<RunRow>(
        `${RUN} WHERE ($1::uuid IS NULL OR r.id < $1) ORDER BY r.id DESC LIMIT $2`,
        [cursor ? idOf(cursor) : null, limit + 1],
      ),
    );
    return toPage(rows, limit, toRun, ({ id }) => [id]);
  }

  /** With its findings in the order they were made. */
  async get(request: GetRunRequest): Promise<ReconciliationRunDetail> {
    const { id, flagged, kind, limit = DEFAULT_PAGE_SIZE, cursor } = request;
    return this.database.system('findings of a reconciliation', async () => {
      const [run] = await this.database.query<RunRow>(`${RUN} WHERE r.id = $1`, [id]);
      if (!run) throw new RunUnknown();
      const rows = await this.database.query<ItemRow>(
        `${ITEM} WHERE run_id = $1 AND ($2::boolean IS NULL OR flagged = $2) AND ($3::text IS NULL OR kind = $3)
           AND ($4::uuid IS NULL OR id > $4) ORDER BY id LIMIT $5`,
        [id, flagged ?? null, kind ?? null, cursor ? idOf(cursor) : null, limit + 1],
      );
      const { data: items, nextCursor } = toPage(rows, limit, toItem, (row) => [row.id]);
      return { run: toRun(run), items, nextCursor };
    });
  }
}

function idOf(cursor: string): string {
  const [id = ''] = decodeCursor(cursor, 1);
  if (isUuid(id)) return id;
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}

const toRun = ({ windowStart, windowEnd, startedAt, finishedAt, ...run }: RunRow): ReconciliationRun => ({
  ...run,
  windowStart: windowStart.toISOString(),
  windowEnd: windowEnd.toISOString(),
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});

const toItem = ({ createdAt, ...item }: ItemRow): ReconciliationItem => ({
  ...item,
  delta: item.found - item.expected,
  deltaBasisPoints: basisPointsOf(item),
  createdAt: createdAt.toISOString(),
});
