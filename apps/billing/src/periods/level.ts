import { type Level, LEVELS, type Period } from '../books/books.state';

/** What levels are measured against: the allowance and top-ups; undefined where there is nothing to exceed. */
export function limitOf({ included, topup }: Period): number | undefined {
  if (included === null || included + topup === 0) return undefined;
  return included + topup;
}

export function levelOf(period: Period): Level {
  const limit = limitOf(period);
  if (limit === undefined) return 'under_limit';
  const pct = (period.used * 100) / limit;
  if (pct >= period.hardPct) return 'hard_limit';
  if (pct >= period.softPct) return 'soft_limit';
  return pct >= period.noticePct ? 'notice' : 'under_limit';
}

/** Levels reached and not told yet, lowest first. */
export function levelsToTell(period: Period): Level[] {
  return LEVELS.slice(LEVELS.indexOf(period.told) + 1, LEVELS.indexOf(levelOf(period)) + 1);
}
