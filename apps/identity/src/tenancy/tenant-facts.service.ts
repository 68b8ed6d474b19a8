import { Inject, Injectable } from '@nestjs/common';
import { type TenantResponse, tenantUpdatedV1, type UpdateTenantRequest } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { TenantTurn } from '../membership/tenant-turn.service';
import { TenantRepository, toTenantResponse } from './tenant.repository';

const FIELDS = ['name', 'businessName', 'locale', 'timezone', 'country'] as const;

@Injectable()
export class TenantFacts {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(TenantTurn) private readonly turns: TenantTurn,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** What is the same already is no change, and told to nobody. */
  async update(request: UpdateTenantRequest): Promise<TenantResponse> {
    return this.turns.take('facts of a tenant', 'admin', async ({ id }, { userId }) => {
      const before = (await this.tenants.ofMember(userId)).find((each) => each.id === id);
      if (!before) throw new Error('A member does not see the tenant');
      const after = { ...before, ...trimmed(request) };
      const changed = FIELDS.filter((field) => before[field] !== after[field]);
      if (changed.length === 0) return toTenantResponse(before);
      const { name, businessName, locale, timezone, country } = after;
      const [row] = await this.db.query<{ version: number }>(
        `UPDATE tenants SET name = $2, business_name = $3, locale = $4, timezone = $5, country = $6,
           version = version + 1, updated_at = now() WHERE id = $1 RETURNING version`,
        [id, name, businessName, locale, timezone, country],
      );
      const payload = { tenantId: id, name, locale, timezone, country, version: row?.version ?? 1 };
      await this.outbox.add(tenantUpdatedV1, payload, { subject: id, tenantId: id });
      const only = (facts: typeof after) => Object.fromEntries(changed.map((field) => [field, facts[field]]));
      await this.audit.record({
        action: 'tenant.updated',
        resourceType: 'tenant',
        resourceId: id,
        before: only(before),
        after: only(after),
        tenantId: id,
      });
      return toTenantResponse(after);
    });
  }
}

const trimmed = (request: UpdateTenantRequest): UpdateTenantRequest =>
  Object.fromEntries(
    Object.entries(request)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]: [string, unknown]) => [field, typeof value === 'string' ? value.trim() : value]),
  );
