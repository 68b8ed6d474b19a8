import { Bool, Int, ListOf, Text, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';

/** A wallet that disagrees with the ledger. */
export class WalletDiscrepancy {
  @Uuid() tenantId: string;
  @Text({ max: 40, optional: true }) meter?: string;
  @Int({ description: 'What the wallet says' }) balance: number;
  @Int({ description: 'What its entries sum to' }) posted: number;
}

export class LedgerVerification {
  @Bool({ description: 'Every transaction sums to zero and every wallet equals its entries' }) sound: boolean;
  @Int({ min: 0 }) tenants: number;
  @Int({ min: 0 }) transactions: number;
  @Int({ min: 0 }) entries: number;
  @Int({ min: 0, description: 'Transactions that are empty or do not sum to zero' }) unbalanced: number;
  @Int({ min: 0, description: 'Wallets that differ from their entries' }) wrongWallets: number;
  @Int({ min: 0, description: 'Wallets or grants that differ from what grants have left and what was burnt' })
  wrongGrants: number;
  @Int({ min: 0, description: 'Wallets whose promises differ from their open holds' }) wrongHolds: number;
  @Int({ min: 0, description: 'Tenants whose transactions are not numbered without gaps' }) gaps: number;
  @ListOf(() => WalletDiscrepancy, { max: 20, description: 'The first of them' })
  discrepancies: WalletDiscrepancy[];
}

/** Platform administration: proves the books of all tenants. */
export const verifyLedger = defineOperation({
  name: 'billing.ledger.verify',
  service: 'billing',
  role: 'super_admin',
  request: Nothing,
  response: LedgerVerification,
  timeoutMs: 60_000,
});
