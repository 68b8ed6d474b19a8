import { isUsageMeter, type Meter } from '@parley/contracts';
import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../books/bookkeeper';
import type { TransactionFacts } from '../books/draft';

export interface LedgerPosting extends TransactionFacts {
  readonly tenantId: string;
  /** Sum to zero per meter. `wallet` is what the tenant holds of a meter, anything else a counter-account. */
  readonly entries: readonly { readonly account: string; readonly meter: Meter; readonly amount: number }[];
}

const ACCOUNT = /^[a-z][a-z_:]{0,39}$/;

/** Postings over any accounts and meters, such as commissions in cents; for units see `Grants` and `Usage`. */
@Injectable()
export class Ledger {
  constructor(private readonly bookkeeper: Bookkeeper) {}

  /**
   * Posts once per tenant and natural key. Joins the open transaction of the tenant.
   * @returns false when it was posted before
   * @throws Error when the entries do not sum to zero, or move a wallet of units, which grants account for
   */
  async post({ tenantId, entries, ...facts }: LedgerPosting, causationId?: string): Promise<boolean> {
    for (const { account, meter } of entries) {
      if (!ACCOUNT.test(account)) throw new Error(`${account} is no name of an account`);
      if (account === 'wallet' && isUsageMeter(meter)) throw new Error(`${meter} is moved by grants and use`);
    }
    const { naturalKey } = facts;
    return this.bookkeeper.change(tenantId, { naturalKeys: [naturalKey] }, causationId, (books) => {
      if (books.isPosted(naturalKey)) return false;
      books.post(facts, entries);
      return true;
    });
  }
}
