import type { MoneyMeter } from '@parley/contracts';

/** Where a line that earns stands. */
export type Place = 'pending' | 'held' | 'available';

/** Accounts of the referrer's tenant. `earned` is what the platform owes in all, so it is below zero. */
export const REFERRAL_ACCOUNT = {
  earned: 'referral_earned',
  pending: 'referral_pending',
  held: 'referral_held',
  available: 'referral_available',
  requested: 'referral_requested',
  paid: 'referral_paid',
  clawedBack: 'referral_clawed_back',
} as const;

export const moneyOf = (currency: string): MoneyMeter => `money:${currency}`;

/** Entries that move something, one per account: money that stays where it was is no entry. */
export function entriesOf(
  currency: string,
  amounts: readonly (readonly [account: keyof typeof REFERRAL_ACCOUNT, cents: number])[],
): { account: string; meter: MoneyMeter; amount: number }[] {
  const sums = new Map<string, number>();
  for (const [name, cents] of amounts) {
    const account = REFERRAL_ACCOUNT[name];
    sums.set(account, (sums.get(account) ?? 0) + cents);
  }
  const meter = moneyOf(currency);
  return [...sums].flatMap(([account, amount]) => (amount === 0 ? [] : [{ account, meter, amount }]));
}
