import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { NotificationsConfig } from '../config';
import { SweeperRepository } from './sweeper.repository';
import { wakeEndpoint } from './wake.job';

const DAY_MS = 86_400_000;
const PRUNE_BATCH = 5_000;

/** The net under the jobs: frees deliveries a stopped process had taken, and wakes what is overdue. */
@Injectable()
export class Sweeper implements OnModuleInit {
  private readonly logger = new Logger(Sweeper.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly repository: SweeperRepository,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('webhooks.sweep', '* * * * *', () => this.sweep());
    this.jobs.schedule('webhooks.prune', '17 3 * * *', () => this.prune());
  }

  async sweep(): Promise<void> {
    const patienceMs = 2 * this.config.WEBHOOK_TIMEOUT_MS;
    await this.database.system('abandoned webhook deliveries', async () => {
      const released = await this.repository.releaseAbandoned(patienceMs);
      if (released > 0)
        this.logger.warn({ released }, 'deliveries of a stopped process will be attempted again');
      // Just released ones are due since now, so they are found without patience too.
      const overdue = await this.repository.overdue(released > 0 ? 0 : patienceMs);
      for (const { id, tenantId } of overdue) {
        await this.jobs.enqueue(wakeEndpoint, { endpointId: id }, { tenantId, key: `sweep:${id}` });
      }
    });
  }

  async prune(): Promise<void> {
    const before = new Date(Date.now() - this.config.WEBHOOK_LOG_DAYS * DAY_MS);
    const batch = (): Promise<number> =>
      this.database.system('old webhook deliveries', () =>
        this.repository.removeDeliveries(before, PRUNE_BATCH),
      );
    while ((await batch()) === PRUNE_BATCH);
    await this.database.system('old webhook events', () =>
      this.repository.removeEventsNobodyWaitsFor(before),
    );
  }
}
