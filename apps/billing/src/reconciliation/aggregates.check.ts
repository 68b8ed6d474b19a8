import { Inject, Injectable } from '@nestjs/common';
import type { UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { Bookkeeper } from '../books/bookkeeper';
import type { BillingConfig } from '../config';
import { FindingsRepository } from './findings.repository';
import type { Batch, Check, Run } from './run';

interface PeriodRow {
  id: string;
  tenantId: string;
  meter: UsageMeter;
  used: number;
  actual: number;
}

const PERIODS = `SELECT p.id, p.tenant_id AS "tenantId", p.meter, p.used::float8 AS used,
    (SELECT coalesce(sum(r.quantity), 0) FROM usage_records r
     WHERE r.tenant_id = p.tenant_id AND r.period_id = p.id AND r.meter = p.meter)::float8 AS actual
  FROM usage_periods p`;
const NIL = '00000000-0000-0000-0000-000000000000';

/** The use of each period is the sum of its records (C-80). */
@Injectable()
export class AggregatesCheck implements Check {
  readonly phase = 'aggregates';

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly bookkeeper: Bookkeeper,
    private readonly findings: FindingsRepository,
  ) {}

  async next(run: Run): Promise<Batch> {
    const size = this.config.RECONCILIATION_BATCH;
    const periods = await this.database.system('use of periods', () =>
      this.database.query<PeriodRow>(
        `${PERIODS} WHERE p.id > $1 AND p.period_end > $2 ORDER BY p.id LIMIT $3`,
        [run.cursor ?? NIL, run.windowStart, size],
      ),
    );
    for (const period of periods) if (period.used !== period.actual) await this.recompute(run, period);
    const last = periods.length === size ? periods.at(-1) : undefined;
    return { checked: { periods: periods.length }, cursor: last?.id ?? null };
  }

  /** Summed again under the lock of the books: what was used meanwhile counts. */
  private async recompute(run: Run, { id, tenantId }: PeriodRow): Promise<void> {
    await this.database.forTenant(tenantId, () =>
      this.bookkeeper.change(tenantId, {}, undefined, async (books) => {
        const [period] = await this.database.query<PeriodRow>(`${PERIODS} WHERE p.id = $1`, [id]);
        if (!period || period.used === period.actual) return;
        const { meter, used, actual } = period;
        // One whose end has just come is closed in these books, and they are stored after us.
        const loaded = books.state.periods.find((each) => each.id === id);
        if (loaded) books.changePeriod(loaded, { used: actual });
        else await this.database.execute('UPDATE usage_periods SET used = $2 WHERE id = $1', [id, actual]);
        await this.findings.add(run, {
          kind: 'aggregate_wrong',
          tenantId,
          meter,
          subject: `period:${id}`,
          found: used,
          expected: actual,
          outcome: 'repaired',
          before: { used },
          after: { used: actual },
        });
      }),
    );
  }
}
