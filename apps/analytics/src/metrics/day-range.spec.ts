import { Invalid } from '@parley/contracts';
import { dayRange, daysOf, lengthOf } from './day-range';

const TODAY = '2026-11-20';

describe('dayRange', () => {
  it('is the last thirty days by default', () => {
    const range = dayRange({}, TODAY);
    expect(range).toEqual({ from: '2026-10-22', to: TODAY });
    expect(lengthOf(range)).toBe(30);
  });

  it('ends today when only its start is named, and starts thirty days before a named end', () => {
    expect(dayRange({ from: '2026-11-01' }, TODAY)).toEqual({ from: '2026-11-01', to: TODAY });
    expect(dayRange({ to: '2026-03-01' }, TODAY)).toEqual({ from: '2026-01-31', to: '2026-03-01' });
  });

  it('takes a leap year whole and not a day more', () => {
    expect(lengthOf(dayRange({ from: '2024-01-01', to: '2024-12-31' }, TODAY))).toBe(366);
    expect(() => dayRange({ from: '2023-12-31', to: '2024-12-31' }, TODAY)).toThrow(Invalid);
  });

  it.each([
    [{ from: '2026-11-21', to: '2026-11-20' }, 'from'],
    [{ from: '2026-12-01' }, 'from'],
    [{ from: '0000-01-01', to: '0000-02-01' }, 'to'],
    [{ from: '1999-12-31', to: '2000-01-01' }, 'from'],
  ])('refuses %j, naming %s', (asked, field) => {
    expect(() => dayRange(asked, TODAY)).toThrow(`Invalid input: ${field}`);
  });
});

describe('daysOf', () => {
  it('names every day, over a change of the clocks and the end of a month', () => {
    expect(daysOf({ from: '2026-10-31', to: '2026-11-02' })).toEqual([
      '2026-10-31',
      '2026-11-01',
      '2026-11-02',
    ]);
  });
});
