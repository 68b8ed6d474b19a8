import { type Level, LEVELS, type Period } from '../books/books.state';

type Limited = Pick<Period, 'included' | 'topup'>;
type Stopped = Limited & Pick<Period, 'overage' | 'hardPct'>;

/** What levels are measured against: the allowance and top-ups; undefined where there is nothing to exceed. */
export function limitOf({ included, topup }: Limited): number | undefined {
  if (included === null || included + topup === 0) return undefined;
  return included + topup;
}

/** Where a meter stops by itself: beyond its limit where the plan allows overage, else at it. */
export function hardLimitOf(period: Stopped): number | undefined {
  const limit = limitOf(period);
  if (limit === undefined || !period.overage) return limit;
  return Math.max(limit, Math.floor((limit * period.hardPct) / 100));
}

/** Units that may be used beyond allowance and top-ups, less what of them was billed already. */
export function roomOf(period: Stopped & Pick<Period, 'billed'>): number {
  const beyond = (hardLimitOf(period) ?? 0) - (limitOf(period) ?? 0);
  return Math.max(0, beyond - period.billed);
}

export function levelOf(period: Period): Level {
  const limit = limitOf(period);
  const hardLimit = hardLimitOf(period);
  if (limit === undefined || hardLimit === undefined) return 'under_limit';
  if (period.used >= hardLimit) return 'hard_limit';
  const pct = (period.used * 100) / limit;
  if (pct >= period.softPct) return 'soft_limit';
  return pct >= period.noticePct ? 'notice' : 'under_limit';
}

/** Levels reached and not told yet, lowest first. A meter that something else still pays for has not stopped. */
export function levelsToTell(period: Period, available: number): Level[] {
  const reached = levelOf(period);
  const level = reached === 'hard_limit' && available > 0 ? 'soft_limit' : reached;
  return LEVELS.slice(LEVELS.indexOf(period.told) + 1, LEVELS.indexOf(level) + 1);
}
