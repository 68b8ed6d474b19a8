import { Injectable } from '@nestjs/common';
import { newId, type QuotaMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { QuotaStanding } from './quota';

type QuotaRow = Omit<QuotaStanding, 'totalMinutes' | 'usedMinutes' | 'heldMinutes'> & {
  totalMinutes: string;
  usedMinutes: string;
  heldMinutes: string;
};

/** Counted against the period that is open now; none is open before its first use. */
const STANDING = `SELECT q.id, q.user_id AS "userId", q.meter, q.total_minutes AS "totalMinutes",
    q.allocated_by AS "allocatedBy", q.updated_at AS "updatedAt",
    (SELECT coalesce(sum(r.quantity), 0) FROM usage_periods p JOIN usage_records r
       ON r.tenant_id = q.tenant_id AND r.period_id = p.id AND (q.user_id IS NULL OR r.user_id = q.user_id)
     WHERE p.tenant_id = q.tenant_id AND p.meter = q.meter AND p.closed_at IS NULL AND p.period_end > now())
      AS "usedMinutes",
    (SELECT coalesce(sum(h.quantity), 0) FROM holds h
     WHERE h.tenant_id = q.tenant_id AND h.meter = q.meter AND h.state = 'open'
       AND (q.user_id IS NULL OR h.user_id = q.user_id)) AS "heldMinutes"
  FROM minute_quotas q WHERE q.tenant_id = $1`;

@Injectable()
export class QuotaRepository {
  constructor(private readonly database: Database) {}

  /** What binds one user: their own quota and their company's. */
  async binding(tenantId: string, userId: string | null, meter?: QuotaMeter): Promise<QuotaStanding[]> {
    const rows = await this.database.query<QuotaRow>(
      `${STANDING} AND (q.user_id IS NULL OR q.user_id = $2) AND ($3::text IS NULL OR q.meter = $3)`,
      [tenantId, userId, meter ?? null],
    );
    return rows.map(toStanding);
  }

  /** Newest first. */
  async list(tenantId: string, before: string | undefined, limit: number): Promise<QuotaStanding[]> {
    const rows = await this.database.query<QuotaRow>(
      `${STANDING} AND ($2::uuid IS NULL OR q.id < $2) ORDER BY q.id DESC LIMIT $3`,
      [tenantId, before ?? null, limit],
    );
    return rows.map(toStanding);
  }

  /** What the company has, and what its users' quotas but one's take of it. */
  async allocation(
    tenantId: string,
    meter: QuotaMeter,
    exceptUserId: string | null,
  ): Promise<{ company: number | null; others: number }> {
    const [row] = await this.database.query<{ company: string | null; others: string }>(
      `SELECT max(total_minutes) FILTER (WHERE user_id IS NULL) AS company,
         coalesce(sum(total_minutes) FILTER (WHERE user_id IS NOT NULL AND user_id IS DISTINCT FROM $3), 0) AS others
       FROM minute_quotas WHERE tenant_id = $1 AND meter = $2`,
      [tenantId, meter, exceptUserId],
    );
    const company = row?.company ?? null;
    return { company: company === null ? null : Number(company), others: Number(row?.others ?? 0) };
  }

  async set(
    tenantId: string,
    quota: { userId: string | null; meter: QuotaMeter; totalMinutes: number; allocatedBy: string | null },
  ): Promise<void> {
    const { userId, meter, totalMinutes, allocatedBy } = quota;
    const changed = await this.database.execute(
      `UPDATE minute_quotas SET total_minutes = $4, allocated_by = $5, updated_at = now()
       WHERE tenant_id = $1 AND meter = $2 AND user_id IS NOT DISTINCT FROM $3`,
      [tenantId, meter, userId, totalMinutes, allocatedBy],
    );
    if (changed > 0) return;
    await this.database.execute(
      `INSERT INTO minute_quotas (id, tenant_id, meter, user_id, total_minutes, allocated_by)
       VALUES ($6, $1, $2, $3, $4, $5)`,
      [tenantId, meter, userId, totalMinutes, allocatedBy, newId()],
    );
  }

  async remove(tenantId: string, meter: QuotaMeter, userId: string | null): Promise<void> {
    await this.database.execute(
      `DELETE FROM minute_quotas WHERE tenant_id = $1 AND meter = $2 AND user_id IS NOT DISTINCT FROM $3`,
      [tenantId, meter, userId],
    );
  }
}

const toStanding = (row: QuotaRow): QuotaStanding => ({
  ...row,
  totalMinutes: Number(row.totalMinutes),
  usedMinutes: Number(row.usedMinutes),
  heldMinutes: Number(row.heldMinutes),
});
