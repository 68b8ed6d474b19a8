import { Readable } from 'node:stream';
import {
  type CreditTransaction,
  currentCaller,
  type ListTransactionsRequest,
  type Page,
  runAs,
} from '@parley/contracts';
import { csvLine } from '../edge/csv';

/** Rows of one file; of a longer statement the last line says where the next file goes on. */
export const MAX_STATEMENT_ROWS = 100_000;

/** Rows asked for at once; `PageRequest` gives no more. */
const PAGE = 200;

const COLUMNS = [
  'occurredAt',
  'type',
  'description',
  'amount',
  'balanceAfter',
  'callId',
  'createdAt',
  'id',
] as const satisfies readonly (keyof CreditTransaction)[];

type ReadPage = (query: ListTransactionsRequest) => Promise<Page<CreditTransaction>>;

/** A page is read when the client took the one before, so that memory holds one. The first comes before any answer. */
export async function statementFile(
  query: Omit<ListTransactionsRequest, 'limit'>,
  read: ReadPage,
  most = MAX_STATEMENT_ROWS,
): Promise<Readable> {
  const caller = currentCaller();
  const next = (cursor: string | undefined): Promise<Page<CreditTransaction>> =>
    runAs(caller, () => read({ ...query, limit: PAGE, ...(cursor ? { cursor } : {}) }));
  return Readable.from(lines(await next(query.cursor), next, most), { objectMode: false });
}

async function* lines(
  first: Page<CreditTransaction>,
  next: (cursor: string) => Promise<Page<CreditTransaction>>,
  most: number,
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let page = first;
  for (let rows = 0; ;) {
    rows += page.data.length;
    const text = page.data.map(toLine).join('');
    if (text) yield text;
    if (!page.nextCursor) return;
    if (rows >= most) {
      yield csvLine(['cursor', page.nextCursor]);
      return;
    }
    page = await next(page.nextCursor);
  }
}

const toLine = (row: CreditTransaction): string =>
  csvLine(COLUMNS.map((column) => String(row[column] ?? '')));
