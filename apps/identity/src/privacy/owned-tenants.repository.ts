import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface Owned {
  /** Tenants where nobody else is a member: they go with the person. */
  alone: string[];
  /** Tenants where others would lose their owner. */
  shared: string[];
}

@Injectable()
export class OwnedTenants {
  constructor(@Inject(Database) private readonly db: Database) {}

  async of(userId: string): Promise<Owned> {
    const rows = await this.db.query<{ id: string; shared: boolean }>(
      `SELECT t.id, EXISTS (SELECT FROM memberships o
          WHERE o.tenant_id = t.id AND o.user_id <> m.user_id AND o.status = 'active') AS shared
       FROM memberships m JOIN tenants t ON t.id = m.tenant_id
       WHERE m.user_id = $1 AND m.status = 'active' AND m.role = 'owner' AND t.status <> 'deleted' ORDER BY t.id`,
      [userId],
    );
    const ids = (shared: boolean): string[] =>
      rows.filter((row) => row.shared === shared).map(({ id }) => id);
    return { alone: ids(false), shared: ids(true) };
  }

  /** Sub-accounts where nobody but people of these agencies is: with them gone nobody could ever ask for anything. */
  async clientsOf(agencyIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT t.id FROM tenants t WHERE t.parent_id = ANY($1::uuid[]) AND t.status <> 'deleted'
         AND NOT EXISTS (SELECT FROM memberships m
           WHERE m.tenant_id = t.id AND m.status = 'active' AND m.via_agency IS NULL) ORDER BY t.id`,
      [agencyIds],
    );
    return rows.map(({ id }) => id);
  }
}
