import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

@Injectable()
export class TenantAges {
  constructor(private readonly database: Database) {}

  /** When a tenant was created; undefined while that news is on its way, so not long ago. */
  async openedAt(tenantId: string): Promise<Date | undefined> {
    const [row] = await this.database.query<{ openedAt: Date | null }>(
      'SELECT opened_at AS "openedAt" FROM tenant_books WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.openedAt ?? undefined;
  }
}
