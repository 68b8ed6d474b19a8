/** A stretch of time in which use is counted; half open. */
export interface Window {
  readonly start: Date;
  readonly end: Date;
}

/** The same day `months` later, or the last of a shorter month; always counted from `from`, so that no day is lost. */
export function addMonths(from: Date, months: number): Date {
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const moved = new Date(from);
  moved.setUTCFullYear(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), lastDay));
  return moved;
}

export function calendarMonth(now: Date): Window {
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  return { start, end: addMonths(start, 1) };
}

/**
 * The month of a subscription's period that `now` lies in; its first when the clock that set it runs apart from ours.
 * A year's period is counted month by month.
 */
export function monthOf(period: Window, now: Date): Window {
  const at = now < period.start || now >= period.end ? period.start : now;
  let months = 0;
  while (addMonths(period.start, months + 1) <= at) months += 1;
  const end = addMonths(period.start, months + 1);
  return { start: addMonths(period.start, months), end: end < period.end ? end : period.end };
}

/**
 * The period that follows on its own, when nobody says that it does not. Boundaries keep the day of `anchor`, unless
 * this period ends on another: after a trial, months are counted from its end.
 */
export function nextPeriod(period: Window, anchor: Date, interval: 'month' | 'year'): Window {
  const step = interval === 'year' ? 12 : 1;
  let count = 1;
  while (addMonths(anchor, count) < period.end) count += 1;
  const aligned = addMonths(anchor, count).getTime() === period.end.getTime();
  const end = aligned ? addMonths(anchor, count + step) : addMonths(period.end, step);
  return { start: period.end, end };
}
