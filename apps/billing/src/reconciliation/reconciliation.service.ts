import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  currentCaller,
  RUN_PHASES,
  type RunPhase,
  type StartedRun,
  type StartRunRequest,
  Uuid,
} from '@parley/contracts';
import { ActRecorder, type JobDefinition, type JobRun, Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { FindingAlerts } from './alerts';
import { Checks } from './checks';
import { RunInProgress } from './reconciliation.errors';
import type { Run } from './run';
import { RunsRepository } from './runs.repository';

class Reconcile {
  @Uuid() runId: string;
}

const reconcile: JobDefinition<Reconcile> = { name: 'reconcile', payload: Reconcile, maxAttempts: 8 };

/** A night that billing slept through is made up for in the morning. */
const CATCH_UP_HOURS = 12;

/** A run that is silent for so long has lost its job. */
const SILENT_MINUTES = 60;

/** Compares, three ways, what was used, what was charged and what was paid; puts right what can safely be. */
@Injectable()
export class Reconciliation implements OnModuleInit {
  private readonly logger = new Logger(Reconciliation.name);

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly acts: ActRecorder,
    private readonly runs: RunsRepository,
    private readonly alerts: FindingAlerts,
    private readonly checks: Checks,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(reconcile, ({ runId }, run) => this.work(runId, run));
    const nightly = async (): Promise<void> => {
      if (!(await this.begin('schedule', null))) this.logger.warn('a reconciliation runs already');
    };
    this.jobs.schedule('reconciliation', '0 3 * * *', nightly, CATCH_UP_HOURS);
  }

  /** @throws RunInProgress */
  async start({ days }: StartRunRequest): Promise<StartedRun> {
    const runId = await this.begin('manual', currentCaller().userId ?? null, days);
    if (!runId) throw new RunInProgress();
    return { runId };
  }

  private async begin(
    trigger: Run['trigger'],
    triggeredBy: string | null,
    windowDays = this.config.RECONCILIATION_DAYS,
  ): Promise<string | undefined> {
    const { RECONCILIATION_THRESHOLD_PCT: thresholdPct, RECONCILIATION_GRACE_MINUTES: graceMinutes } =
      this.config;
    return this.database.system('begin a reconciliation', async () => {
      await this.runs.giveUpSilent(SILENT_MINUTES);
      const runId = await this.runs.begin({ trigger, triggeredBy, thresholdPct, windowDays, graceMinutes });
      if (!runId) return undefined;
      await this.jobs.enqueue(reconcile, { runId }, { queue: 'reconciliation' });
      if (trigger === 'manual')
        await this.acts.record({
          action: 'reconciliation.started',
          resourceType: 'reconciliation-run',
          resourceId: runId,
          tenantId: null,
          after: { windowDays },
        });
      return runId;
    });
  }

  /** From where the run stands: a killed process is followed by another one, and no batch counts twice. */
  private async work(runId: string, { attempt, maxAttempts }: JobRun): Promise<void> {
    try {
      for (let run = await this.find(runId); run; run = await this.find(runId)) await this.step(run);
    } catch (error) {
      const last = attempt >= maxAttempts;
      this.logger.error(
        { err: error, runId, attempt },
        last ? 'reconciliation given up' : 'reconciliation stumbled',
      );
      await this.database.system('a reconciliation stumbled', async () => {
        await this.runs.stumble(runId, nameOf(error));
        if (!last) return;
        await this.alerts.tell(runId);
        await this.alerts.tellTheRest(runId);
        await this.alerts.tellFailure(runId);
        await this.runs.finish(runId, 'failed');
      });
      if (!last) throw error;
    }
  }

  private find(runId: string): Promise<(Run & { phase: RunPhase }) | undefined> {
    return this.database.system('a reconciliation', () => this.runs.running(runId));
  }

  private async step(run: Run & { phase: RunPhase }): Promise<void> {
    const { cursor, checked } = await this.checks.of(run.phase).next(run);
    const following = RUN_PHASES[RUN_PHASES.indexOf(run.phase) + 1];
    const over = cursor === null && following === undefined;
    const phase = cursor === null ? (following ?? run.phase) : run.phase;
    await this.database.system('a batch of a reconciliation', async () => {
      if (!(await this.runs.advance(run, { phase, cursor }, checked))) return;
      await this.alerts.tell(run.id);
      if (!over) return;
      await this.alerts.tellTheRest(run.id);
      await this.runs.finish(run.id, 'done');
    });
  }
}

/** Never its text: it may quote what it was about. */
const nameOf = (error: unknown): string => {
  const { name, code } = error as { name?: string; code?: string };
  return code ? `${name}: ${code}` : String(name);
};
