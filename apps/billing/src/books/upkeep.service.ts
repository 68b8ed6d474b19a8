import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Bookkeeper } from './bookkeeper';

/** Tenants seen to per run; the rest a minute later. */
const BATCH = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

/** What is due without anybody asking: holds forgotten, grants lapsed, periods and grace over (J-05). */
@Injectable()
export class UpkeepService implements OnModuleInit {
  private readonly logger = new Logger(UpkeepService.name);
  /** Where the last run stopped: tenants whose books fail must not keep the others from their turn. */
  private seenTo = NIL;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly bookkeeper: Bookkeeper,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('billing-upkeep', '* * * * *', () => this.run());
  }

  /** Each tenant by itself: one whose books cannot be brought up to date keeps no other waiting. */
  async run(): Promise<void> {
    for (const tenantId of await this.dueTenants()) {
      try {
        await this.database.forTenant(tenantId, () =>
          this.bookkeeper.change(tenantId, { forgottenHolds: true }, undefined, (books) => {
            for (const hold of books.state.holds)
              if (hold.expiresAt <= books.now) books.close(hold, 'expired');
          }),
        );
      } catch (error) {
        this.logger.error({ err: error, tenantId }, 'the books could not be brought up to date');
      }
    }
  }

  private async dueTenants(): Promise<string[]> {
    const rows = await this.database.system('books that are due', () =>
      this.database.query<{ tenantId: string }>(
        `SELECT tenant_id AS "tenantId" FROM (
           SELECT tenant_id FROM holds WHERE state = 'open' AND expires_at <= now()
           UNION
           SELECT tenant_id FROM grants WHERE live AND expires_at <= now()
           UNION
           SELECT tenant_id FROM usage_periods WHERE closed_at IS NULL AND period_end <= now()
           UNION
           SELECT tenant_id FROM tenant_books
           WHERE grace_until <= now() AND 'grace' IN (standing #>> '{voice,state}', standing #>> '{sms,state}')
         ) due WHERE tenant_id > $2 ORDER BY tenant_id LIMIT $1`,
        [BATCH, this.seenTo],
      ),
    );
    this.seenTo = (rows.length === BATCH && rows.at(-1)?.tenantId) || NIL;
    return rows.map(({ tenantId }) => tenantId);
  }
}
