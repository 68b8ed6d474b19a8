import { addMonths, calendarMonth, monthOf, nextPeriod } from './windows';

const day = (text: string): Date => new Date(`${text}T10:00:00Z`);

describe('windows', () => {
  it('keep the day of the month where the month has it', () => {
    expect([0, 1, 2, 3].map((months) => addMonths(day('2027-01-31'), months))).toEqual(
      ['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30'].map(day),
    );
    expect(addMonths(day('2027-11-15'), 14)).toEqual(day('2029-01-15'));
  });

  it('are calendar months where nothing is subscribed', () => {
    expect(calendarMonth(day('2026-12-31'))).toEqual({
      start: new Date('2026-12-01T00:00:00Z'),
      end: new Date('2027-01-01T00:00:00Z'),
    });
  });

  it('cut a year into months', () => {
    const year = { start: day('2026-01-31'), end: day('2027-01-31') };
    expect(monthOf(year, day('2026-02-28'))).toEqual({ start: day('2026-02-28'), end: day('2026-03-31') });
    expect(monthOf(year, day('2027-01-30'))).toEqual({ start: day('2026-12-31'), end: day('2027-01-31') });
  });

  it('begin with the first month when the clock runs apart', () => {
    const year = { start: day('2030-01-15'), end: day('2031-01-15') };
    expect(monthOf(year, day('2026-11-20'))).toEqual({ start: day('2030-01-15'), end: day('2030-02-15') });
  });

  it('follow each other without a gap and without losing the day', () => {
    const first = { start: day('2027-01-31'), end: day('2027-02-28') };
    const second = nextPeriod(first, day('2027-01-31'), 'month');
    expect(second).toEqual({ start: day('2027-02-28'), end: day('2027-03-31') });
    expect(nextPeriod(second, day('2027-01-31'), 'month').end).toEqual(day('2027-04-30'));
    const year = { start: day('2027-01-31'), end: day('2028-01-31') };
    expect(nextPeriod(year, day('2027-01-31'), 'year').end).toEqual(day('2029-01-31'));
  });

  it('are counted from the end of a trial', () => {
    const trial = { start: day('2027-01-31'), end: day('2027-02-14') };
    expect(nextPeriod(trial, day('2027-01-31'), 'month').end).toEqual(day('2027-03-14'));
  });
});
