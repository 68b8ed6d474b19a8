import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { HoldsService, type RunningCall } from './holds.service';

/** Holds looked at in one query. */
const BATCH = 500;

interface RunningRow extends RunningCall {
  readonly id: string;
  readonly tenantId: string;
}

/** Extends the holds of calls each minute while they run, so that long calls shrink what others may start. */
@Injectable()
export class CallHoldsJob implements OnModuleInit {
  private readonly logger = new Logger(CallHoldsJob.name);

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly holds: HoldsService,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('extend-call-holds', '* * * * *', () => this.run());
  }

  /** Each tenant by itself: one whose books cannot be changed keeps no other waiting. */
  async run(): Promise<void> {
    let last: string | undefined;
    do {
      const rows = await this.outgrown(last);
      for (const tenantId of new Set(rows.map((row) => row.tenantId))) {
        try {
          await this.holds.callsRun(
            tenantId,
            rows.filter((row) => row.tenantId === tenantId),
          );
        } catch (error) {
          this.logger.error({ err: error, tenantId }, 'the holds of running calls were not extended');
        }
      }
      last = rows.length === BATCH ? rows.at(-1)?.id : undefined;
    } while (last);
  }

  /**
   * Open holds of calls that have run longer than was promised, in the order of their ids. Of the first minute it was
   * decided at the start what it gets.
   */
  private outgrown(after = '00000000-0000-0000-0000-000000000000'): Promise<RunningRow[]> {
    return this.database.system('holds of running calls', () =>
      this.database.query<RunningRow>(
        `SELECT id, tenant_id AS "tenantId", source_key AS source, minutes::int AS minutes FROM (
           SELECT *, floor(extract(epoch FROM now() - created_at) / 60) + 1 AS minutes FROM holds
           WHERE state = 'open' AND source_key LIKE 'call:%' AND expires_at > now()
             AND created_at <= now() - interval '1 minute') running
         WHERE minutes > quantity AND id > $1 ORDER BY id LIMIT $2`,
        [after, BATCH],
      ),
    );
  }
}
