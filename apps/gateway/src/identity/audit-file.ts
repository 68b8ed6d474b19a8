import { Readable } from 'node:stream';
import {
  type AuditEntry,
  type AuditFormat,
  currentCaller,
  type ListAllAuditLogsRequest,
  type Page,
  runAs,
} from '@parley/contracts';
import { csvLine } from '../edge/csv';

/** Rows of one file; its last line says where the next goes on. */
export const MAX_EXPORTED_ROWS = 100_000;

/** Rows asked for at once; `PageRequest` gives no more. */
const PAGE = 200;

const COLUMNS = [
  'seq',
  'at',
  'tenantId',
  'action',
  'resourceType',
  'resourceId',
  'actorUserId',
  'actorKeyId',
  'impersonatorId',
  'ip',
  'userAgent',
  'requestId',
  'before',
  'after',
  'hash',
  'id',
] as const satisfies readonly (keyof AuditEntry)[];

type AuditQuery = Omit<ListAllAuditLogsRequest, 'limit'>;
type ReadPage = (query: ListAllAuditLogsRequest) => Promise<Page<AuditEntry>>;

export const CONTENT_TYPES: Record<AuditFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
};

/** A page is read when the client took the one before, so that memory holds one. The first comes before any answer. */
export async function auditFile(
  format: AuditFormat,
  query: AuditQuery,
  read: ReadPage,
  most = MAX_EXPORTED_ROWS,
): Promise<Readable> {
  const caller = currentCaller();
  const next = (cursor: string | undefined): Promise<Page<AuditEntry>> =>
    runAs(caller, () => read({ ...query, limit: PAGE, ...(cursor ? { cursor } : {}) }));
  return Readable.from(lines(format, await next(query.cursor), next, most), { objectMode: false });
}

async function* lines(
  format: AuditFormat,
  first: Page<AuditEntry>,
  next: (cursor: string | undefined) => Promise<Page<AuditEntry>>,
  most: number,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(COLUMNS);
  let page = first;
  for (let rows = 0; ; page = await next(page.nextCursor ?? undefined)) {
    rows += page.data.length;
    const toLine = format === 'csv' ? toCsv : toNdjson;
    const text = page.data.map(toLine).join('');
    if (text) yield text;
    if (!page.nextCursor) return;
    if (rows >= most) {
      yield format === 'csv'
        ? csvLine(['cursor', page.nextCursor])
        : `${JSON.stringify({ cursor: page.nextCursor })}\n`;
      return;
    }
  }
}

const toNdjson = (entry: AuditEntry): string => `${JSON.stringify(entry)}\n`;

const toCsv = (entry: AuditEntry): string =>
  csvLine(
    COLUMNS.map((column) => {
      const value = entry[column];
      if (value === null) return '';
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    }),
  );
