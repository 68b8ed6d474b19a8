import type { CreditState, TransactionKind } from '@parley/contracts';

/** A tenant's credits as they stand; a projection of its ledger, and the lock that puts its postings in line. */
export interface Wallet {
  readonly tenantId: string;
  readonly balance: number;
  /** Number of transactions posted. */
  readonly version: number;
  /** When the tenant is known to exist and has had its free credits. */
  readonly openedAt: Date | null;
  readonly firstUsedAt: Date | null;
  /** When the tenant was told that credits are low; null once refilled. */
  readonly lowNotifiedAt: Date | null;
}

export const emptyWallet = (tenantId: string): Wallet => ({
  tenantId,
  balance: 0,
  version: 0,
  openedAt: null,
  firstUsedAt: null,
  lowNotifiedAt: null,
});

/** The wallet after one more transaction. */
export function afterPosting(wallet: Wallet, kind: TransactionKind, amount: number, now: Date): Wallet {
  return {
    ...wallet,
    balance: wallet.balance + amount,
    version: wallet.version + 1,
    firstUsedAt: wallet.firstUsedAt ?? (kind === 'usage' ? now : null),
  };
}

/**
 * Whether to say that credits are low: once until they are refilled. A wallet that still waits for its free
 * credits is not low, only early: its first call overtook the news of the tenant.
 */
export function lowNotice(wallet: Wallet, threshold: number, now: Date): { wallet: Wallet; due: boolean } {
  if (wallet.balance >= threshold) return { wallet: { ...wallet, lowNotifiedAt: null }, due: false };
  if (wallet.openedAt === null || wallet.lowNotifiedAt !== null) return { wallet, due: false };
  return { wallet: { ...wallet, lowNotifiedAt: now }, due: true };
}

/** BR-033 without the shop: unused credits are `new` whatever their number. */
export function creditState(wallet: Wallet, threshold: number): CreditState {
  if (wallet.firstUsedAt === null) return 'new';
  if (wallet.balance <= 0) return 'exhausted';
  return wallet.balance < threshold ? 'low' : 'active';
}
