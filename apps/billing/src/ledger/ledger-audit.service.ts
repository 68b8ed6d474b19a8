import { Inject, Injectable } from '@nestjs/common';
import type { LedgerVerification } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { LedgerRepository } from './ledger.repository';

/** Discrepancies shown; all are counted. */
const SHOWN = 20;
/** Somebody waits for the answer, and no longer than this. */
const PATIENCE_SECONDS = 55;

type Faults = Omit<LedgerVerification, 'tenants' | 'transactions' | 'entries'>;

/** Proves the books without trusting what keeps them. */
@Injectable()
export class LedgerAuditService {
  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
  ) {}

  async verify(): Promise<LedgerVerification> {
    return this.database.system('ledger verification', async () => {
      // One snapshot: postings that commit meanwhile must not look like discrepancies.
      await this.database.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      await this.take(PATIENCE_SECONDS);
      return { ...(await this.ledger.count()), ...(await this.examine()) };
    });
  }

  /**
   * The books of one tenant, by the same proofs: row security leaves them nothing else to see. What looks unsound is
   * looked at once more while nobody may change it; sound books keep nobody waiting.
   */
  async verifyTenant(tenantId: string): Promise<Faults> {
    const seconds = this.config.RECONCILIATION_STATEMENT_SECONDS;
    const glance = await this.database.forTenant(tenantId, async () => {
      await this.take(seconds);
      return this.examine();
    });
    if (glance.sound) return glance;
    return this.database.forTenant(tenantId, async () => {
      await this.take(seconds);
      await this.database.query('SELECT FROM tenant_books WHERE tenant_id = $1 FOR SHARE', [tenantId]);
      return this.examine();
    });
  }

  /** How long each statement of the open transaction may take. */
  private async take(seconds: number): Promise<void> {
    await this.database.execute(`SET LOCAL statement_timeout = '${seconds}s'`);
  }

  private async examine(): Promise<Faults> {
    const unbalanced = await this.ledger.countUnbalanced();
    const wrong = await this.ledger.wrongWallets();
    const wrongGrants = (await this.ledger.countWrongGrants()) + (await this.ledger.countWrongBurns());
    const wrongHolds = await this.ledger.countWrongHolds();
    const gaps = await this.ledger.countGaps();
    return {
      sound: unbalanced + wrong.length + wrongGrants + wrongHolds + gaps === 0,
      unbalanced,
      wrongWallets: wrong.length,
      wrongGrants,
      wrongHolds,
      gaps,
      discrepancies: wrong.slice(0, SHOWN),
    };
  }
}
