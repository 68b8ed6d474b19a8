import { Inject, Injectable } from '@nestjs/common';
import {
  type AuditEntry,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type ListAllAuditLogsRequest,
  type ListAuditLogsRequest,
  type Page,
  readAfter,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AuditRepository, type StoredAuditRow } from './audit.repository';

@Injectable()
export class AuditLogService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditRepository) private readonly rows: AuditRepository,
  ) {}

  list(request: ListAuditLogsRequest): Promise<Page<AuditEntry>> {
    return this.db.tenant(() => this.page(request));
  }

  listAll(request: ListAllAuditLogsRequest): Promise<Page<AuditEntry>> {
    return this.db.system('audit of the platform', () => this.page(request));
  }

  private async page({ cursor, limit, ...filter }: ListAllAuditLogsRequest): Promise<Page<AuditEntry>> {
    const size = limit ?? DEFAULT_PAGE_SIZE;
    const after = cursor === undefined ? undefined : readAfter(cursor);
    const rows = await this.rows.list({ ...filter, after, limit: size + 1 });
    return toPage(rows, size, toAuditEntry, ({ at, id }) => cursorOf(at, id));
  }
}

const toAuditEntry = ({
  at,
  hash,
  salt: _salt,
  personalHash: _personal,
  ...row
}: StoredAuditRow): AuditEntry => ({
  ...row,
  at: at.toISOString(),
  hash: hash.toString('hex'),
});
