import { Inject, Injectable } from '@nestjs/common';
import {
  type Locale,
  type MembershipRole,
  newId,
  type TenantKind,
  type TenantResponse,
} from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Tenant {
  id: string;
  slug: string;
  name: string;
  kind: TenantKind;
  businessName: string | null;
  country: string;
  locale: Locale;
  timezone: string;
  status: 'active' | 'suspended' | 'deleted';
}

/** A tenant with the role one person has in it. */
export interface MemberTenant extends Tenant {
  role: MembershipRole;
  /** The agency on whose behalf the person is there. */
  viaAgency?: string | null;
}

export type NewTenant = Omit<Tenant, 'status'> & { parentId?: string };

const COLUMNS = `t.id, t.slug, t.name, t.kind, t.business_name AS "businessName", t.country, t.locale, t.timezone,
  t.status`;

@Injectable()
export class TenantRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async add(tenant: NewTenant, createdBy: string): Promise<void> {
    const { id, slug, name, kind, businessName, country, locale, timezone, parentId } = tenant;
    await this.db.execute(
      `INSERT INTO tenants (id, slug, name, kind, business_name, country, locale, timezone, created_by, parent_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [id, slug, name, kind, businessName, country, locale, timezone, createdBy, parentId ?? null],
    );
  }

  async addMember(tenantId: string, userId: string, role: MembershipRole): Promise<void> {
    await this.db.execute(`INSERT INTO memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, $4)`, [
      newId(),
      tenantId,
      userId,
      role,
    ]);
  }

  async findBySlug(slug: string): Promise<Tenant | undefined> {
    const [row] = await this.db.query<Tenant>(`SELECT ${COLUMNS} FROM tenants t WHERE t.slug = $1`, [slug]);
    return row;
  }

  /** Where the person is an active member: own tenants before those of clients, oldest membership first. Suspended ones are among them. */
  async ofMember(userId: string): Promise<MemberTenant[]> {
    return this.db.query<MemberTenant>(
      `SELECT ${COLUMNS}, m.role, m.via_agency AS "viaAgency" FROM memberships m JOIN tenants t ON t.id = m.tenant_id
       WHERE m.user_id = $1 AND m.status = 'active' AND t.status <> 'deleted'
       ORDER BY m.via_agency IS NOT NULL, m.created_at, m.id`,
      [userId],
    );
  }
}

export function toTenantResponse(tenant: MemberTenant): TenantResponse {
  const { id, slug, name, kind, businessName, timezone, locale, country, role } = tenant;
  return { id, slug, name, kind, businessName, timezone, locale, country, role };
}
