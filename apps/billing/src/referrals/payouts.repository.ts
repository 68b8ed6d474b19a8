import { Injectable } from '@nestjs/common';
import type { PayoutMethodKind, PayoutStatus } from '@parley/contracts';
import { Database } from '@parley/persistence';

export interface Payout {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly status: PayoutStatus;
  readonly methodKind: PayoutMethodKind;
  readonly last4: string;
  readonly reviewedBy: string | null;
  readonly reviewedAt: Date | null;
  readonly reason: string | null;
  readonly paidReference: string | null;
  readonly paidAt: Date | null;
  readonly createdAt: Date;
}

export interface NewPayout {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly methodKind: PayoutMethodKind;
  readonly last4: string;
  readonly sealed: Buffer;
}

export const PAYOUT_COLUMNS = `p.id, p.tenant_id AS "tenantId", p.user_id AS "userId",
  p.amount_cents::float8 AS "amountCents", p.currency, p.status, p.method_kind AS "methodKind",
  p.method_last4 AS last4, p.reviewed_by AS "reviewedBy", p.reviewed_at AS "reviewedAt", p.reason,
  p.paid_reference AS "paidReference", p.paid_at AS "paidAt", p.created_at AS "createdAt"`;

@Injectable()
export class PayoutsRepository {
  constructor(private readonly database: Database) {}

  async hasOpen(userId: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT FROM payout_requests WHERE user_id = $1 AND status IN ('pending', 'approved')`,
      [userId],
    );
    return rows.length > 0;
  }

  async add(payout: NewPayout): Promise<Payout> {
    const { id, tenantId, userId, amountCents, currency, methodKind, last4, sealed } = payout;
    const [row] = await this.database.query<Payout>(
      `INSERT INTO payout_requests AS p (id, tenant_id, user_id, amount_cents, currency, method_kind, method_last4,
         method_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${PAYOUT_COLUMNS}`,
      [id, tenantId, userId, amountCents, currency, methodKind, last4, sealed],
    );
    if (!row) throw new Error('A payout request was not stored');
    return row;
  }

  /** Says which commissions a payout is of: the oldest that no other payout took, the last in part. */
  async allocate({ id, tenantId, userId, amountCents }: NewPayout): Promise<void> {
    await this.database.execute(
      `WITH free AS (
         SELECT c.id, c.created_at, c.amount_cents - c.clawed_back_cents - coalesce((
           SELECT sum(a.amount_cents) FROM payout_allocations a JOIN payout_requests p ON p.id = a.payout_id
           WHERE a.commission_id = c.id AND p.status <> 'rejected'), 0) AS cents
         FROM referral_commissions c WHERE c.tenant_id = $2 AND c.user_id = $3 AND c.place = 'available' AND NOT c.voided),
       taken AS (
         SELECT id, cents, coalesce(sum(cents) OVER (ORDER BY created_at, id
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM free WHERE cents > 0)
       INSERT INTO payout_allocations (tenant_id, payout_id, commission_id, amount_cents)
       SELECT $2, $1, id, least(cents, $4 - before) FROM taken WHERE before < $4`,
      [id, tenantId, userId, amountCents],
    );
  }

  /** By its own id. */
  async find(id: string): Promise<Payout | undefined> {
    return this.one(`SELECT ${PAYOUT_COLUMNS} FROM payout_requests p WHERE p.id = $1`, [id]);
  }

  /** The open one that holds commissions of a referral (C-78). */
  async findOpenOf(referralId: string): Promise<Payout | undefined> {
    return this.one(
      `SELECT ${PAYOUT_COLUMNS} FROM payout_requests p WHERE p.status IN ('pending', 'approved') AND EXISTS (
         SELECT FROM payout_allocations a JOIN referral_commissions c ON c.id = a.commission_id
         WHERE a.payout_id = p.id AND c.referral_id = $1)`,
      [referralId],
    );
  }

  async review(
    id: string,
    status: 'approved' | 'rejected',
    actorId: string | null,
    reason: string | null,
  ): Promise<Payout> {
    return this.changed(
      `UPDATE payout_requests p SET status = $2, reviewed_by = $3, reviewed_at = now(), reason = $4
       WHERE id = $1 RETURNING ${PAYOUT_COLUMNS}`,
      [id, status, actorId, reason],
    );
  }

  async pay(id: string, actorId: string | null, reference: string): Promise<Payout> {
    const paid = await this.changed(
      `UPDATE payout_requests p SET status = 'paid', paid_by = $2, paid_at = now(), paid_reference = $3
       WHERE id = $1 RETURNING ${PAYOUT_COLUMNS}`,
      [id, actorId, reference],
    );
    await this.database.execute(
      `UPDATE referrals r SET status = 'rewarded' WHERE r.status = 'subscribed' AND r.id IN (
         SELECT c.referral_id FROM payout_allocations a JOIN referral_commissions c ON c.id = a.commission_id
         WHERE a.payout_id = $1)`,
      [id],
    );
    return paid;
  }

  async sealedMethod(id: string): Promise<Buffer | undefined> {
    const [row] = await this.database.query<{ sealed: Buffer }>(
      'SELECT method_sealed AS sealed FROM payout_requests WHERE id = $1',
      [id],
    );
    return row?.sealed;
  }

  private async changed(sql: string, parameters: readonly unknown[]): Promise<Payout> {
    const row = await this.one(sql, parameters);
    if (!row) throw new Error('A payout request is gone');
    return row;
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<Payout | undefined> {
    const [row] = await this.database.query<Payout>(sql, parameters);
    return row;
  }
}
