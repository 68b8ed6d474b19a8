import { Invalid } from '@parley/contracts';
import type { Days } from '../daily/days';

const DAY_MS = 86_400_000;
export const MAX_DAYS = 366;
export const DEFAULT_DAYS = 30;

/** Nothing was counted before; also keeps absurd years away from the database. */
const FIRST_DAY = '2000-01-01';

const ordinalOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY_MS;
const dayOf = (ordinal: number): string => new Date(ordinal * DAY_MS).toISOString().slice(0, 10);

export const lengthOf = ({ from, to }: Days): number => ordinalOf(to) - ordinalOf(from) + 1;

export const daysOf = (range: Days): string[] =>
  Array.from({ length: lengthOf(range) }, (_day, index) => dayOf(ordinalOf(range.from) + index));

/**
 * The days asked for; up to today, and 30 of them, unless said otherwise.
 * @throws Invalid for days in the wrong order, or too many
 */
export function dayRange(asked: Partial<Days>, today: string): Days {
  const to = asked.to ?? today;
  if (to < FIRST_DAY) throw refusal('to', `must be ${FIRST_DAY} or later`);
  const from = asked.from ?? dayOf(ordinalOf(to) - DEFAULT_DAYS + 1);
  if (asked.from !== undefined && from < FIRST_DAY) throw refusal('from', `must be ${FIRST_DAY} or later`);
  if (from > to) throw refusal('from', 'must not be after `to`');
  if (lengthOf({ from, to }) > MAX_DAYS)
    throw refusal('from', `must be at most ${MAX_DAYS} days before \`to\``);
  return { from, to };
}

const refusal = (field: string, message: string): Invalid =>
  new Invalid(`Invalid input: ${field}`, [{ field, message }]);
