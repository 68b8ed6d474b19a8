import type { RunPhase, RunStatus, RunTrigger } from '@parley/contracts';

export interface Run {
  readonly id: string;
  readonly trigger: RunTrigger;
  readonly triggeredBy: string | null;
  readonly status: RunStatus;
  readonly phase: RunPhase | null;
  readonly cursor: string | null;
  readonly thresholdPct: number;
  readonly windowStart: Date;
  /** Apart from the start of the run by the time messages may take: what is younger may still be on its way. */
  readonly windowEnd: Date;
  readonly error: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** What a batch looked at. */
export interface Checked {
  readonly calls?: number;
  readonly records?: number;
  readonly periods?: number;
  readonly tenants?: number;
  readonly payments?: number;
}

export interface Batch {
  readonly checked: Checked;
  /** Where the next one begins; null when there is none. */
  readonly cursor: string | null;
}

/** One phase of a run, in bounded batches; a batch that is done twice finds nothing the second time. */
export interface Check {
  readonly phase: RunPhase;
  next(run: Run): Promise<Batch>;
}
