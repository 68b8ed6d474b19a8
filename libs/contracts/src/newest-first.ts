import { Invalid } from './errors';
import { isUuid } from './ids';
import { decodeCursor } from './page';

/** Where a list ordered by time and id, newest first, goes on. */
export interface After {
  readonly at: string;
  readonly id: string;
}

/** @throws Invalid when the cursor is not one of a list in this order */
export function readAfter(cursor: string): After {
  const [at = '', id = ''] = decodeCursor(cursor, 2);
  if (Number.isNaN(Date.parse(at)) || !isUuid(id)) {
    throw new Invalid('Invalid input: cursor', [
      { field: 'cursor', message: 'is not a cursor of this list' },
    ]);
  }
  return { at, id };
}

export const cursorOf = (at: Date, id: string): readonly string[] => [at.toISOString(), id];
