import type { Period } from '../books/books.state';

type Stretch = Pick<Period, 'id' | 'subscriptionId' | 'periodStart' | 'periodEnd' | 'closedAt'>;

/** The same period of the same subscription, perhaps closed and opened again since. */
export const isSameStretch = (one: Stretch, other: Stretch): boolean =>
  one.subscriptionId === other.subscriptionId && one.periodStart.getTime() === other.periodStart.getTime();

/**
 * When a period began to hold. That of a subscription holds from its start, whenever it was heard of; a calendar month
 * only from when it was opened, which its id tells.
 */
export const beginningOf = ({ id, subscriptionId, periodStart }: Stretch): Date =>
  subscriptionId ? periodStart : new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));

/**
 * The closed period that held at an instant: a subscription's before a calendar month, and of one that was closed and
 * opened again the last. None when it is the one that is open.
 */
export function periodOpenAt<Each extends Stretch>(
  periods: readonly Each[],
  at: Date,
  open: Stretch | undefined,
): Each | undefined {
  const held = periods.filter(
    ({ closedAt, periodStart, periodEnd }) =>
      closedAt !== null && closedAt > at && periodStart <= at && periodEnd > at,
  );
  const [last] = held.sort(
    (one, other) =>
      Number(other.subscriptionId !== null) - Number(one.subscriptionId !== null) ||
      other.periodStart.getTime() - one.periodStart.getTime() ||
      (other.closedAt?.getTime() ?? 0) - (one.closedAt?.getTime() ?? 0),
  );
  return last && open && isSameStretch(last, open) ? undefined : last;
}
