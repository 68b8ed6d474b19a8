import { newId } from '@parley/contracts';
import { beginningOf, periodOpenAt } from './period-open-at';

const day = (date: number): Date => new Date(Date.UTC(2026, 10, date));

const aPeriod = (
  start: number,
  end: number,
  closed: number | null,
  subscriptionId: string | null = 'sub',
) => ({
  id: newId(),
  subscriptionId,
  periodStart: day(start),
  periodEnd: day(end),
  closedAt: closed === null ? null : day(closed),
});

describe('the period in which something happened', () => {
  const open = aPeriod(20, 40, null);

  it('is the one that held then, not one closed before', () => {
    const replaced = aPeriod(1, 20, 5, 'old');
    const held = aPeriod(5, 20, 21);
    expect(periodOpenAt([replaced, held], day(3), open)).toBe(replaced);
    expect(periodOpenAt([replaced, held], day(6), open)).toBe(held);
  });

  it('is the open one where no other held', () => {
    expect(periodOpenAt([aPeriod(5, 20, 21)], day(20), open)).toBeUndefined();
    expect(periodOpenAt([aPeriod(1, 40, 2, null)], day(4), open)).toBeUndefined();
  });

  it('is the last of one that was closed and opened again, unless that is open', () => {
    const closed = aPeriod(1, 20, 6);
    const between = aPeriod(1, 30, 9, null);
    const again = aPeriod(1, 20, 20);
    expect(periodOpenAt([again, between, closed], day(4), open)).toBe(again);
    expect(periodOpenAt([closed, between], day(4), { ...again, closedAt: null })).toBeUndefined();
  });

  it('begins with the subscription’s period, or when a calendar month was opened', () => {
    expect(beginningOf(open)).toEqual(day(20));
    const began = beginningOf(aPeriod(1, 30, null, null)).getTime();
    expect(Math.abs(Date.now() - began)).toBeLessThan(60_000);
  });
});
