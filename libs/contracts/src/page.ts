import { Invalid } from './errors';
import { Int, ListOf, Text } from './fields';

/** Keyset paging: `limit` rows after `cursor`. */
export class PageRequest {
  @Int({ optional: true, min: 1, max: 200, description: 'Rows per page, 50 by default' })
  limit?: number;

  @Text({ optional: true, max: 512, description: '`nextCursor` of the page before' })
  cursor?: string;
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export const DEFAULT_PAGE_SIZE = 50;

/** Opaque to callers; holds the sort key of the last row seen. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws Invalid when the text is not a cursor of `parts` keys */
export function decodeCursor(cursor: string, parts: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string'))
      return key;
  } catch {
    // falls through: not ours
  }
  throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor of this list' }]);
}

/**
 * Cuts a page out of `rows`, which the query fetched with `limit + 1`, so that a further page is known to exist.
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  key: (row: Row) => readonly string[],
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { data: shown.map(item), nextCursor: more ? encodeCursor(key(last)) : null };
}

/** Response class of a page of `Item`, named `<Item>Page` in OpenAPI. */
export function pageOf<Item extends object>(item: new () => Item): new () => Page<Item> {
  class PageResponse implements Page<Item> {
    @ListOf(() => item)
    data: Item[];

    @Text({ nullable: true, max: 512, description: 'Pass as `cursor` for the next page; null on the last' })
    nextCursor: string | null;
  }
  Object.defineProperty(PageResponse, 'name', { value: `${item.name}Page` });
  return PageResponse;
}
