import { decodeCursor, Invalid, isUuid } from '@parley/contracts';

/** The id a page of a list ordered by id starts behind; null on the first. Ids rise with time (UUIDv7). */
export function idBefore(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id = ''] = decodeCursor(cursor, 1);
  if (isUuid(id)) return id;
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}
