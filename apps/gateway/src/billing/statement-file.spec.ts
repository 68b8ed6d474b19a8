import { text } from 'node:stream/consumers';
import { type CreditTransaction, newId, type Page, runAs, systemCaller } from '@parley/contracts';
import { statementFile } from './statement-file';

const aRow = (amount: number): CreditTransaction => ({
  id: newId(),
  type: 'usage',
  amount,
  balanceAfter: 1,
  description: 'Call of 0:59',
  callId: null,
  occurredAt: '2026-11-20T14:05:00.000Z',
  createdAt: '2026-11-20T14:05:01.000Z',
});

/** Pages of two rows, whatever is asked for. */
function pagesOf(rows: readonly CreditTransaction[]): (cursor?: string) => Page<CreditTransaction> {
  return (cursor) => {
    const from = Number(cursor ?? 0);
    const more = from + 2 < rows.length;
    return { data: rows.slice(from, from + 2), nextCursor: more ? String(from + 2) : null };
  };
}

describe('a statement as a file', () => {
  const rows = [1, 2, 3, 4, 5].map(aRow);
  const fileOf = (most?: number) =>
    runAs(systemCaller(newId()), async () => {
      const page = pagesOf(rows);
      return text(await statementFile({}, async ({ cursor }) => page(cursor), most));
    });

  it('has a heading and every row of every page', async () => {
    const lines = (await fileOf()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe(
      '"occurredAt","type","description","amount","balanceAfter","callId","createdAt","id"',
    );
    expect(lines[5]).toContain(`"${rows[4]?.id}"`);
  });

  it('ends at its bound and says where the next goes on', async () => {
    const lines = (await fileOf(4)).trimEnd().split('\r\n');
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('"cursor","4"');
  });
});
