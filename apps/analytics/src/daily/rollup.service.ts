import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { TenantRepository, type UncheckedDays } from '../tenant/tenant.repository';
import { DailyRepository } from './daily.repository';

/** Each quarter of an hour some time zone passes 00:10. */
const QUARTERS = '10,25,40,55 * * * *';

/**
 * Figures are kept up to date event by event; once a day is over it is worked out again from the facts, and a
 * difference is a fault worth a look (J-13).
 */
@Injectable()
export class RollupService implements OnModuleInit {
  private readonly logger = new Logger(RollupService.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly tenants: TenantRepository,
    private readonly daily: DailyRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('daily-rollup', QUARTERS, () => this.rollUp(new Date()));
  }

  /** One tenant's trouble does not keep the others waiting; its days stay unchecked and come again. */
  async rollUp(now: Date): Promise<void> {
    const due = await this.database.system('daily rollup', () => this.tenants.uncheckedDays(now));
    for (const days of due) {
      try {
        await this.check(days);
      } catch (error) {
        this.logger.error({ err: error, ...days }, 'rollup failed');
      }
    }
  }

  private async check({ tenantId, from, to }: UncheckedDays): Promise<void> {
    const corrected = await this.database.forTenant(tenantId, async () => {
      await this.tenants.lock(tenantId);
      const wrong = await this.daily.recompute(tenantId, { from, to });
      await this.tenants.markChecked(tenantId, to);
      return wrong;
    });
    if (corrected > 0) this.logger.warn({ tenantId, from, to, corrected }, 'daily figures were wrong');
  }
}
