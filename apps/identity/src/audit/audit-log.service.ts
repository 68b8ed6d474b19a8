import { Inject, Injectable } from '@nestjs/common';
import {
  type AuditEntry,
  type AuditFormat,
  type BeginAuditExportRequest,
  type BeginPlatformAuditExportRequest,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type ListAllAuditLogsRequest,
  type ListAuditLogsRequest,
  type Page,
  readAfter,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AuditTrail } from './audit-trail';
import { AuditRepository, type StoredAuditRow } from './audit.repository';

@Injectable()
export class AuditLogService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditRepository) private readonly rows: AuditRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  list(request: ListAuditLogsRequest): Promise<Page<AuditEntry>> {
    return this.db.tenant(() => this.page(request));
  }

  listAll(request: ListAllAuditLogsRequest): Promise<Page<AuditEntry>> {
    return this.db.system('audit of the platform', () => this.page(request));
  }

  /** Written down in the trail that leaves. */
  async beginExport({ format, ...filter }: BeginAuditExportRequest): Promise<void> {
    await this.db.tenant(() => this.recordExport(format, filter));
  }

  async beginPlatformExport({ format, ...filter }: BeginPlatformAuditExportRequest): Promise<void> {
    await this.db.system('audit of the platform', () =>
      this.recordExport(format, filter, filter.tenantId ?? null),
    );
  }

  private recordExport(format: AuditFormat, filter: object, tenantId?: string | null): Promise<void> {
    return this.audit.record({
      action: 'audit.exported',
      resourceType: 'audit',
      after: { format, filter },
      ...(tenantId === undefined ? {} : { tenantId }),
    });
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
