import type { TransactionKind } from '@parley/contracts';

/** What an account counts. Each meter of a transaction sums to zero by itself. */
export type Meter = 'credits';

/** What the tenant holds. */
export const WALLET = 'credits:wallet';

/** Where credits come from and go to: the tenant's own counter-accounts, so that its books close by themselves. */
export const COUNTER_ACCOUNTS: Record<TransactionKind, string> = {
  bonus: 'credits:granted',
  purchase: 'credits:purchased',
  usage: 'credits:consumed',
  refund: 'credits:refunded',
  admin_adjustment: 'credits:adjusted',
};

/** A change of a tenant's wallet, before it is posted. */
export interface Posting {
  readonly tenantId: string;
  readonly kind: TransactionKind;
  /** Names the effect, not the message that asked for it: a second posting with the same key does nothing. */
  readonly naturalKey: string;
  /** Change of the wallet; never 0. */
  readonly amount: number;
  readonly description: string;
  readonly callId: string | null;
  /** When it happened in the world. */
  readonly occurredAt: Date;
}

export interface LedgerEntry {
  readonly account: string;
  readonly meter: Meter;
  readonly amount: number;
  /** Kept on the wallet's entry only. */
  readonly balanceAfter: number | null;
}

/** What the wallet gains its counter-account loses. */
export function entriesOf({ kind, amount }: Posting, balanceAfter: number): LedgerEntry[] {
  return [
    { account: WALLET, meter: 'credits', amount, balanceAfter },
    { account: COUNTER_ACCOUNTS[kind], meter: 'credits', amount: -amount, balanceAfter: null },
  ];
}
