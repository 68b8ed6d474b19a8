import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CommissionsRepository } from './commissions.repository';
import { Settlements } from './settlements.service';

/** Referrals seen to per run; the rest ten minutes later. */
const BATCH = 1_000;

/** Commissions whose hold is over become available (J-26). */
@Injectable()
export class Releases implements OnModuleInit {
  private readonly logger = new Logger(Releases.name);

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly commissions: CommissionsRepository,
    private readonly settlements: Settlements,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('billing-referral-releases', '*/10 * * * *', () => this.run());
  }

  /** Each by itself: one that cannot be settled keeps no other waiting. */
  async run(): Promise<void> {
    const due = await this.database.system('commissions whose hold is over', () =>
      this.commissions.due(new Date(), BATCH),
    );
    for (const { tenantId, referralId } of due) {
      try {
        await this.settlements.settle(tenantId, referralId);
      } catch (error) {
        this.logger.error({ err: error, tenantId, referralId }, 'commissions could not be released');
      }
    }
  }
}
