import { type ListObject, listOf, type StripeObject } from './stripe-objects';
import { numberIn, type Params, paramsIn, textIn } from './stripe-form';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** A page of `objects`, newest first, as Stripe pages: `limit`, `starting_after`, `ending_before`, `created[gte]`… */
export function pageOf<T extends StripeObject & { created?: number }>(
  objects: readonly T[],
  query: Params,
  url: string,
): ListObject<T> {
  const created = paramsIn(query, 'created');
  const at = { gt: -Infinity, gte: -Infinity, lt: Infinity, lte: Infinity };
  for (const bound of ['gt', 'gte', 'lt', 'lte'] as const) at[bound] = numberIn(created, bound) ?? at[bound];
  const newest = objects
    .filter(({ created: made = 0 }) => made > at.gt && made >= at.gte && made < at.lt && made <= at.lte)
    .reverse();
  const limit = Math.min(numberIn(query, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT);
  const after = textIn(query, 'starting_after');
  const before = textIn(query, 'ending_before');
  if (before) {
    const end = newest.findIndex(({ id }) => id === before);
    const start = Math.max(0, end - limit);
    return listOf(newest.slice(start, Math.max(end, 0)), url, start > 0);
  }
  const start = after ? newest.findIndex(({ id }) => id === after) + 1 : 0;
  return listOf(newest.slice(start, start + limit), url, newest.length > start + limit);
}

/** Objects whose fields are what the query asks of them; fields it does not name do not matter. */
export function matching<T extends object>(
  objects: readonly T[],
  query: Params,
  fields: readonly (keyof T & string)[],
): T[] {
  return objects.filter((object) =>
    fields.every((field) => {
      const wanted = textIn(query, field);
      return wanted === undefined || String(object[field]) === wanted;
    }),
  );
}
