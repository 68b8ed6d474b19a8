import type { StripeStore } from './stripe-store';

/** Simulated time in seconds: a customer's test clock where it has one, else real time plus what was skipped. */
export class StripeClock {
  private skippedSeconds = 0;

  constructor(private readonly store: StripeStore) {}

  now(testClock: string | null | undefined): number {
    const clock = this.store.clocks.find(testClock);
    return clock ? clock.frozen_time : Math.floor(Date.now() / 1000) + this.skippedSeconds;
  }

  nowFor(customer: string | null | undefined): number {
    return this.now(this.store.customers.find(customer)?.test_clock);
  }

  /** Moves the time of everything on this clock; null is everything without a test clock. */
  moveTo(testClock: string | null, seconds: number): void {
    const clock = this.store.clocks.find(testClock);
    if (clock) clock.frozen_time = seconds;
    else this.skippedSeconds = seconds - Math.floor(Date.now() / 1000);
  }
}

/** The same day of a later month; the last day where that month is shorter. */
export function addInterval(
  start: number,
  interval: 'month' | 'year',
  count: number,
  anchor = start,
): number {
  const from = new Date(start * 1000);
  const day = new Date(anchor * 1000).getUTCDate();
  const months = from.getUTCMonth() + (interval === 'year' ? 12 : 1) * count;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const at = Date.UTC(
    from.getUTCFullYear(),
    months,
    Math.min(day, lastDay),
    from.getUTCHours(),
    from.getUTCMinutes(),
    from.getUTCSeconds(),
  );
  return Math.floor(at / 1000);
}

export const DAY_SECONDS = 86_400;
