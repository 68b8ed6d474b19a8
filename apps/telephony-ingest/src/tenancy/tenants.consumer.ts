import { Controller, Inject } from '@nestjs/common';
import {
  type EventMeta,
  TenantCreatedV1,
  tenantCreatedV1,
  type TenantStandingV1,
  tenantReactivatedV1,
  tenantSuspendedV1,
  type TenantUpdatedV1,
  tenantUpdatedV1,
} from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Directory } from './directory';
import { TenantStandings } from './tenant-standings';

/** Keeps what identity tells of tenants. */
@Controller()
export class TenantsConsumer {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Directory) private readonly directory: Directory,
    @Inject(TenantStandings) private readonly standings: TenantStandings,
  ) {}

  @OnEvent(tenantCreatedV1)
  async onTenantCreated(tenant: TenantCreatedV1, _meta: EventMeta): Promise<void> {
    await this.database.execute(
      `INSERT INTO tenants (id, slug, name, timezone, locale, country) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, timezone = excluded.timezone,
         locale = excluded.locale, country = excluded.country WHERE tenants.version = 1`,
      [tenant.tenantId, tenant.slug, tenant.name, tenant.timezone, tenant.locale, tenant.country],
    );
    this.database.afterCommit(() => this.directory.expireTenants());
  }

  /** Of a tenant not known yet it is tried again: its creation is on the way. */
  @OnEvent(tenantUpdatedV1)
  async onTenantUpdated(tenant: TenantUpdatedV1, _meta: EventMeta): Promise<void> {
    const { tenantId, name, timezone, locale, country, version } = tenant;
    const rows = await this.database.query('SELECT 1 FROM tenants WHERE id = $1', [tenantId]);
    if (rows.length === 0) throw new Error('A tenant was updated before it was created');
    await this.database.execute(
      `UPDATE tenants SET name = $2, timezone = $3, locale = $4, country = $5, version = $6
       WHERE id = $1 AND version < $6`,
      [tenantId, name, timezone, locale, country, version],
    );
    this.database.afterCommit(() => this.directory.expireTenants());
  }

  @OnEvent(tenantSuspendedV1)
  async onTenantSuspended({ tenantId, version }: TenantStandingV1, _meta: EventMeta): Promise<void> {
    await this.standings.record(tenantId, true, version);
  }

  @OnEvent(tenantReactivatedV1)
  async onTenantReactivated({ tenantId, version }: TenantStandingV1, _meta: EventMeta): Promise<void> {
    await this.standings.record(tenantId, false, version);
  }
}
