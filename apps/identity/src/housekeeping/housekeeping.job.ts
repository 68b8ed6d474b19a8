import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { SigningKeys } from '../keys/signing-keys.service';
import { EXPIRED_ROWS, type ExpiryRule } from './expired-rows';

const DAY_MS = 86_400_000;

/** In one transaction: far from the time a statement may take, however many rows there are. */
const BATCH = 5_000;

/** Keeps tables as small as what they decide. */
@Injectable()
export class Housekeeping implements OnModuleInit {
  constructor(
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Database) private readonly db: Database,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('identity.housekeeping', '17 * * * *', () => this.sweep());
  }

  async sweep(batch = BATCH): Promise<void> {
    for (const rule of EXPIRED_ROWS) while ((await this.drop(rule, batch)) === batch);
    await this.keys.retireOld();
  }

  /** Rows that somebody holds wait for the next hour. */
  private async drop({ table, expired, keepDays }: ExpiryRule, batch: number): Promise<number> {
    const before = new Date(Date.now() - keepDays * DAY_MS);
    return this.db.system('housekeeping', () =>
      this.db.execute(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${table} WHERE ${expired} LIMIT $2 FOR UPDATE SKIP LOCKED))`,
        [before, batch],
      ),
    );
  }
}
