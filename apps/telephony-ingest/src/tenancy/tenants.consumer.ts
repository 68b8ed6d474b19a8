import { Controller, Inject } from '@nestjs/common';
import { type EventMeta, TenantCreatedV1, tenantCreatedV1 } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Directory } from './directory';

/** Keeps what identity tells of tenants. */
@Controller()
export class TenantsConsumer {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Directory) private readonly directory: Directory,
  ) {}

  @OnEvent(tenantCreatedV1)
  async onTenantCreated(tenant: TenantCreatedV1, _meta: EventMeta): Promise<void> {
    await this.database.execute(
      `INSERT INTO tenants (id, slug, name, timezone, locale, country) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, timezone = excluded.timezone,
         locale = excluded.locale, country = excluded.country`,
      [tenant.tenantId, tenant.slug, tenant.name, tenant.timezone, tenant.locale, tenant.country],
    );
    this.database.afterCommit(() => this.directory.expireTenants());
  }
}
