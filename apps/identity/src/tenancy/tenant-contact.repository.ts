import { Inject, Injectable } from '@nestjs/common';
import type { TenantContact } from '@parley/contracts';
import { Database } from '@parley/persistence';

@Injectable()
export class TenantContactRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** In the system scope: an owner's name and address are not the tenant's rows. */
  async find(tenantId: string): Promise<TenantContact | undefined> {
    const [contact] = await this.db.query<TenantContact>(
      `SELECT t.name AS "tenantName", u.id AS "userId", u.email::text AS email, u.name, u.locale
       FROM tenants t JOIN memberships m ON m.tenant_id = t.id JOIN users u ON u.id = m.user_id
       WHERE t.id = $1 AND t.status <> 'deleted' AND m.role = 'owner' AND m.status = 'active'
         AND u.status IN ('active', 'pending')
       ORDER BY m.created_at LIMIT 1`,
      [tenantId],
    );
    return contact;
  }
}
