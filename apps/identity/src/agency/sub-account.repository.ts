import { Inject, Injectable } from '@nestjs/common';
import type { SubAccount } from '@parley/contracts';
import { Database } from '@parley/persistence';

export type SubAccountRow = Omit<SubAccount, 'createdAt'> & {
  createdAt: Date;
  suspendedFrom: 'platform' | 'agency' | null;
};

const COLUMNS = `t.id, t.slug, t.name, t.status, t.seat_limit AS "seatLimit", t.suspended_from AS "suspendedFrom",
  CASE WHEN t.suspended_from = 'agency' THEN t.suspended_reason END AS "suspendedReason",
  t.created_at AS "createdAt", (SELECT count(*)::int FROM memberships m
    WHERE m.tenant_id = t.id AND m.status = 'active' AND m.via_agency IS NULL) AS "memberCount"`;

/** In the system scope: an agency's clients are tenants of their own. */
@Injectable()
export class SubAccountRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Newest first, `limit + 1` rows. */
  page(agencyId: string, before: string | null, limit: number): Promise<SubAccountRow[]> {
    return this.db.query<SubAccountRow>(
      `SELECT ${COLUMNS} FROM tenants t WHERE t.parent_id = $1 AND t.status <> 'deleted'
         AND ($2::uuid IS NULL OR t.id < $2) ORDER BY t.id DESC LIMIT $3`,
      [agencyId, before, limit + 1],
    );
  }

  async find(agencyId: string, id: string): Promise<SubAccountRow | undefined> {
    const [row] = await this.db.query<SubAccountRow>(
      `SELECT ${COLUMNS} FROM tenants t WHERE t.parent_id = $1 AND t.id = $2 AND t.status <> 'deleted'`,
      [agencyId, id],
    );
    return row;
  }

  async count(agencyId: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM tenants WHERE parent_id = $1 AND status <> 'deleted'`,
      [agencyId],
    );
    return row?.n ?? 0;
  }

  async agencyOf(id: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ parentId: string | null }>(
      `SELECT parent_id AS "parentId" FROM tenants WHERE id = $1 AND status <> 'deleted'`,
      [id],
    );
    return row?.parentId ?? undefined;
  }
}

export const toSubAccount = ({ suspendedFrom: _from, createdAt, ...row }: SubAccountRow): SubAccount => ({
  ...row,
  createdAt: createdAt.toISOString(),
});
