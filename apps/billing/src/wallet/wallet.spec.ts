import { creditState, type Credits, lowNotice } from './wallet';

const NOW = new Date('2026-11-20T14:00:00Z');
const opened = (balance: number, fields: Partial<Credits> = {}): Credits => ({
  balance,
  openedAt: NOW,
  firstUsedAt: null,
  lowNotifiedAt: null,
  ...fields,
});
const told = (credits: Credits): Credits => ({ ...credits, ...lowNotice(credits, 5, NOW) });

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

describe('lowNotice', () => {
  it('is due once under the threshold', () => {
    expect(lowNotice(opened(4), 5, NOW).due).toBe(true);
    expect(lowNotice({ ...told(opened(4)), balance: 1 }, 5, NOW).due).toBe(false);
  });

  it('is not due at the threshold', () => {
    expect(lowNotice(opened(5), 5, NOW).due).toBe(false);
  });

  it('is due again after a refill', () => {
    const refilled = told({ ...told(opened(4)), balance: 20 });
    expect(lowNotice({ ...refilled, balance: 2 }, 5, NOW).due).toBe(true);
  });

  it('waits for the free credits of a tenant that is not known yet', () => {
    expect(lowNotice(opened(-3, { openedAt: null }), 5, NOW)).toEqual({ due: false, lowNotifiedAt: null });
  });
});
