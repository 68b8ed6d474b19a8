import { Inject, Injectable } from '@nestjs/common';
import {
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  isUuid,
  Invalid,
  type JournalEntry,
  type JournalEntryDetail,
  type ListJournalRequest,
  type Page,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { JournalEntryNotFound } from './journal.errors';
import { JournalRepository, type JournalRow } from './journal.repository';
import { previewOf } from './redaction';

const REASON = 'an administrator reads the journal';

/** What administrators see of the journal. */
@Injectable()
export class JournalService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(JournalRepository) private readonly journal: JournalRepository,
  ) {}

  async list(request: ListJournalRequest): Promise<Page<JournalEntry>> {
    const limit = request.limit ?? DEFAULT_PAGE_SIZE;
    const before = request.cursor === undefined ? undefined : idIn(request.cursor);
    const rows = await this.database.system(REASON, () => this.journal.list(request, limit + 1, before));
    return toPage(rows, limit, toJournalEntry, ({ id }) => [id]);
  }

  /** @throws JournalEntryNotFound */
  async get(id: string): Promise<JournalEntryDetail> {
    const row = await this.database.system(REASON, () => this.journal.find(id));
    if (!row) throw new JournalEntryNotFound();
    const { path, contentType, headers, body } = row;
    const { text, truncated } = previewOf(body, contentType);
    return {
      ...toJournalEntry(row),
      path,
      contentType,
      headers,
      bodyPreview: text,
      bodyTruncated: truncated,
    };
  }
}

function idIn(cursor: string): string {
  const [id = ''] = decodeCursor(cursor, 1);
  if (!isUuid(id))
    throw new Invalid('Invalid input: cursor', [{ field: 'cursor', message: 'is not a cursor' }]);
  return id;
}

function toJournalEntry(row: JournalRow): JournalEntry {
  return {
    id: row.id,
    provider: row.provider,
    kind: row.kind,
    subject: row.subject,
    tenantId: row.tenantId,
    connectionId: row.connectionId,
    dedupeKey: row.dedupeKey,
    verifiedBy: row.verifiedBy,
    status: row.status,
    attempts: row.attempts,
    nextAt: row.nextAt.toISOString(),
    lastError: row.lastError,
    receivedAt: row.receivedAt.toISOString(),
    processedAt: row.processedAt?.toISOString() ?? null,
    replayCount: row.replayCount,
    replayedBy: row.replayedBy,
    size: row.size,
  };
}
