import { decodeCursor, encodeCursor, toPage } from './page';

describe('keyset pages', () => {
  const rows = [{ id: 'c' }, { id: 'b' }, { id: 'a' }];
  const page = (limit: number) =>
    toPage(
      rows.slice(0, limit + 1),
      limit,
      ({ id }) => id,
      ({ id }) => [id],
    );

  it('points to the next page after the last row shown', () => {
    const { data, nextCursor } = page(2);
    expect(data).toEqual(['c', 'b']);
    expect(decodeCursor(nextCursor ?? '', 1)).toEqual(['b']);
  });

  it('has no next page when everything is shown', () => {
    expect(page(3)).toEqual({ data: ['c', 'b', 'a'], nextCursor: null });
  });

  it.each(['', 'nonsense', encodeCursor(['only one']), Buffer.from('[1,2]').toString('base64url')])(
    'refuses the cursor %j',
    (cursor) => {
      expect(() => decodeCursor(cursor, 2)).toThrow('cursor');
    },
  );
});
