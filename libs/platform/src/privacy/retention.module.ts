import {
  Controller,
  type DynamicModule,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnModuleInit,
} from '@nestjs/common';
import { type EventMeta, type RetentionChangedV1, retentionChangedV1 } from '@parley/contracts';
import { FileStore } from '@parley/files';
import { Jobs, OnEvent } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { type RetainedTable, RetentionPurge } from './retention-purge';

const RETAINED = Symbol('RETAINED');

/** After the daily figures are made, before the offices open. */
const DAILY = '23 4 * * *';

@Controller()
class RetentionConsumer {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Late and repeated news changes nothing: the highest version holds. */
  @OnEvent(retentionChangedV1)
  async onRetentionChanged(retention: RetentionChangedV1, _meta: EventMeta): Promise<void> {
    const { tenantId, version, callsDays, messagesDays, conversationsDays, deliveriesDays } = retention;
    await this.db.execute(
      `INSERT INTO retention AS r
         (tenant_id, version, calls_days, messages_days, conversations_days, deliveries_days)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, calls_days = excluded.calls_days,
         messages_days = excluded.messages_days, conversations_days = excluded.conversations_days,
         deliveries_days = excluded.deliveries_days
       WHERE r.version < excluded.version`,
      [tenantId, version, callsDays, messagesDays, conversationsDays, deliveriesDays],
    );
  }
}

@Injectable()
export class RetentionSchedule implements OnModuleInit {
  private readonly logger = new Logger(RetentionSchedule.name);
  private readonly purge: RetentionPurge;

  constructor(
    @Inject(RETAINED) tables: readonly RetainedTable[],
    @Inject(Database) db: Database,
    @Inject(FileStore) files: FileStore,
    @Inject(Jobs) private readonly jobs: Jobs,
  ) {
    this.purge = new RetentionPurge(db, files, tables);
  }

  onModuleInit(): void {
    this.jobs.schedule('retention.purge', DAILY, () => this.run());
  }

  async run(): Promise<void> {
    const removed = await this.purge.run();
    if (Object.values(removed).some((rows) => rows > 0))
      this.logger.log({ removed }, 'retention: old rows removed');
  }
}

/** Makes a service purge what tenants no longer keep (J-34). It needs `jobs: true` and a `retention` table. */
@Module({})
export class RetentionModule {
  static of(tables: readonly RetainedTable[]): DynamicModule {
    return {
      module: RetentionModule,
      controllers: [RetentionConsumer],
      providers: [{ provide: RETAINED, useValue: tables }, RetentionSchedule],
    };
  }
}
