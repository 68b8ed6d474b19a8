import { Injectable } from '@nestjs/common';
import type { LedgerVerification } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { LedgerRepository } from './ledger.repository';

/** Discrepancies shown; all are counted. */
const SHOWN = 20;

/** Proves the books without trusting what keeps them. */
@Injectable()
export class LedgerAuditService {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
  ) {}

  async verify(): Promise<LedgerVerification> {
    return this.database.system('ledger verification', async () => {
      // One snapshot: postings that commit meanwhile must not look like discrepancies.
      await this.database.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const counts = await this.ledger.count();
      const unbalanced = await this.ledger.countUnbalanced();
      const wrong = await this.ledger.wrongWallets();
      const wrongGrants = (await this.ledger.countWrongGrants()) + (await this.ledger.countWrongBurns());
      const wrongHolds = await this.ledger.countWrongHolds();
      const gaps = await this.ledger.countGaps();
      return {
        sound: unbalanced + wrong.length + wrongGrants + wrongHolds + gaps === 0,
        ...counts,
        unbalanced,
        wrongWallets: wrong.length,
        wrongGrants,
        wrongHolds,
        gaps,
        discrepancies: wrong.slice(0, SHOWN),
      };
    });
  }
}
