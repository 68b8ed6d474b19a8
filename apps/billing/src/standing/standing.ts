import {
  type ProductLine,
  STANDING_GROUPS,
  type StandingGroup,
  type StandingState,
  type UsageMeter,
} from '@parley/contracts';
import type { Books } from '../books/books';
import { METER_LINE } from '../catalogue/plan';
import type { ToldStanding } from '../books/books.state';
import { levelOf } from '../periods/level';

export const GROUP_METER: Readonly<Record<StandingGroup, UsageMeter>> = {
  voice: 'voice_minutes',
  sms: 'sms',
};

/** Whether a plan of this product line pays for what is answered: only a payment for it gives them grace. */
export const isAnswered = (line: ProductLine): boolean =>
  STANDING_GROUPS.some((group) => METER_LINE[GROUP_METER[group]] === line);

export interface Standing {
  readonly group: StandingGroup;
  readonly state: StandingState;
  /** Null: not limited. */
  readonly available: number | null;
}

/** Whether a tenant may use its lines, as those who answer them need to know it. */
export function standingOf(books: Books, group: StandingGroup): Standing {
  const meter = GROUP_METER[group];
  const units = books.available(meter);
  const available = units === Infinity ? null : units;
  return { group, available, state: stateOf(books, meter, units) };
}

function stateOf(books: Books, meter: UsageMeter, units: number): StandingState {
  const { pausedAt, graceUntil } = books.tenant;
  if (pausedAt) return 'paused';
  if (graceUntil && graceUntil > books.now) return 'grace';
  if (units <= 0) return 'hard';
  const period = books.period(meter);
  const level = period ? levelOf(period) : 'under_limit';
  return level === 'soft_limit' || level === 'hard_limit' ? 'soft' : 'ok';
}

export const standingsOf = (books: Books): Standing[] =>
  STANDING_GROUPS.map((group) => standingOf(books, group));

/** Under so many starts of calls every unit is told; above, a tenth is kept back so that not every change is. */
const EXACT_STARTS = 100;

/**
 * What those who answer lines may promise on their own: never more than there is until they are told again, so that
 * what they let start at once fits whatever was used meanwhile.
 */
export const promisable = (available: number | null, perStart: number): number | null =>
  available === null || available < EXACT_STARTS * perStart
    ? available
    : available - Math.floor(available / 10);

/** Whether what was told is no longer true, or so far below the truth that calls would be turned away for nothing. */
export function isOutdated(
  told: ToldStanding | undefined,
  now: Standing,
  perStart: number | undefined,
): boolean {
  const { state, available } = now;
  if (told?.state !== state) return true;
  // Nothing starts on what was told: its state is all that matters.
  if (perStart === undefined) return false;
  if (told.available === null || available === null || available < EXACT_STARTS * perStart)
    return told.available !== available;
  return available < told.available || available > told.available * 1.5;
}
