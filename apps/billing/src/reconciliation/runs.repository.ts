import { Injectable } from '@nestjs/common';
import { newId, type RunPhase } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Checked, Run } from './run';

export interface NewRun {
  readonly trigger: Run['trigger'];
  readonly triggeredBy: string | null;
  readonly thresholdPct: number;
  readonly windowDays: number;
  readonly graceMinutes: number;
}

const COLUMNS = `id, trigger, triggered_by AS "triggeredBy", status, phase, cursor, threshold_pct AS "thresholdPct",
  window_start AS "windowStart", window_end AS "windowEnd", error, started_at AS "startedAt",
  finished_at AS "finishedAt"`;

/** In the system scope. */
@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  /** Nothing when one runs. */
  async begin(run: NewRun): Promise<string | undefined> {
    const [begun] = await this.database.query<{ id: string }>(
      `INSERT INTO reconciliation_runs (id, trigger, triggered_by, status, phase, threshold_pct, window_start, window_end)
       VALUES ($1, $2, $3, 'running', 'calls', $4, now() - $5 * interval '1 day', now() - $6 * interval '1 minute')
       ON CONFLICT DO NOTHING RETURNING id`,
      [newId(), run.trigger, run.triggeredBy, run.thresholdPct, run.windowDays, run.graceMinutes],
    );
    return begun?.id;
  }

  /** A run of which nothing was heard for so long lost its job. */
  async giveUpSilent(minutes: number): Promise<void> {
    await this.database.execute(
      `UPDATE reconciliation_runs SET status = 'failed', phase = NULL, finished_at = now(),
         error = coalesce(error, 'nothing was heard of it any more')
       WHERE status = 'running' AND updated_at < now() - $1 * interval '1 minute'`,
      [minutes],
    );
  }

  async running(id: string): Promise<(Run & { phase: RunPhase }) | undefined> {
    const [run] = await this.database.query<Run & { phase: RunPhase }>(
      `SELECT ${COLUMNS} FROM reconciliation_runs WHERE id = $1 AND status = 'running'`,
      [id],
    );
    return run;
  }

  /** @returns false when the run had moved on: another process did the same batch */
  async advance(
    run: Run,
    to: { phase: RunPhase; cursor: string | null },
    checked: Checked,
  ): Promise<boolean> {
    const { calls = 0, records = 0, periods = 0, tenants = 0, payments = 0 } = checked;
    const moved = await this.database.execute(
      `UPDATE reconciliation_runs SET phase = $4, cursor = $5, calls_checked = calls_checked + $6,
         records_checked = records_checked + $7, periods_checked = periods_checked + $8,
         tenants_checked = tenants_checked + $9, payments_checked = payments_checked + $10, error = NULL, updated_at = now()
       WHERE id = $1 AND status = 'running' AND phase = $2 AND cursor IS NOT DISTINCT FROM $3`,
      [run.id, run.phase, run.cursor, to.phase, to.cursor, calls, records, periods, tenants, payments],
    );
    return moved > 0;
  }

  async stumble(id: string, error: string): Promise<void> {
    await this.database.execute(
      `UPDATE reconciliation_runs SET error = $2, updated_at = now() WHERE id = $1 AND status = 'running'`,
      [id, error],
    );
  }

  async finish(id: string, status: 'done' | 'failed'): Promise<void> {
    await this.database.execute(
      `UPDATE reconciliation_runs SET status = $2, phase = NULL, cursor = NULL, finished_at = now(), updated_at = now()
       WHERE id = $1 AND status = 'running'`,
      [id, status],
    );
  }
}
