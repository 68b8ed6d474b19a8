import { afterPosting, creditState, emptyWallet, lowNotice, type Wallet } from './wallet';

const NOW = new Date('2026-11-20T14:00:00Z');
const opened = (balance: number, fields: Partial<Wallet> = {}): Wallet => ({
  ...emptyWallet('0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010'),
  balance,
  openedAt: NOW,
  ...fields,
});

describe('creditState', () => {
  it('is new until credits are spent, whatever the balance', () => {
    expect([0, 3, 15].map((balance) => creditState(opened(balance), 5))).toEqual(['new', 'new', 'new']);
  });

  it('follows the balance once credits were spent', () => {
    const states = [6, 5, 4, 1, 0, -3].map((balance) =>
      creditState(opened(balance, { firstUsedAt: NOW }), 5),
    );
    expect(states).toEqual(['active', 'active', 'low', 'low', 'exhausted', 'exhausted']);
  });
});

describe('afterPosting', () => {
  it('counts the transaction and remembers the first use', () => {
    const granted = afterPosting(opened(0), 'bonus', 15, NOW);
    expect(granted).toMatchObject({ balance: 15, version: 1, firstUsedAt: null });
    expect(afterPosting(granted, 'usage', -3, NOW)).toMatchObject({
      balance: 12,
      version: 2,
      firstUsedAt: NOW,
    });
  });
});

describe('lowNotice', () => {
  it('is due once under the threshold', () => {
    const first = lowNotice(opened(4), 5, NOW);
    expect(first.due).toBe(true);
    expect(lowNotice({ ...first.wallet, balance: 1 }, 5, NOW).due).toBe(false);
  });

  it('is not due at the threshold', () => {
    expect(lowNotice(opened(5), 5, NOW).due).toBe(false);
  });

  it('is due again after a refill', () => {
    const told = lowNotice(opened(4), 5, NOW).wallet;
    const refilled = lowNotice({ ...told, balance: 20 }, 5, NOW).wallet;
    expect(lowNotice({ ...refilled, balance: 2 }, 5, NOW).due).toBe(true);
  });

  it('waits for the free credits of a tenant that is not known yet', () => {
    expect(lowNotice(opened(-3, { openedAt: null }), 5, NOW)).toMatchObject({
      due: false,
      wallet: { lowNotifiedAt: null },
    });
  });
});
