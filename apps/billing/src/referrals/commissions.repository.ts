import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Line } from './commission';
import type { Referral } from './referrals.repository';

/** Of one person, in cents. */
export interface Balances {
  readonly earned: number;
  readonly pending: number;
  readonly held: number;
  /** Below zero when what was paid or requested was taken back since. */
  readonly available: number;
  readonly requested: number;
  readonly paid: number;
  readonly clawedBack: number;
}

@Injectable()
export class CommissionsRepository {
  constructor(private readonly database: Database) {}

  /** Lines that earn, oldest first. */
  async of(referralId: string): Promise<Line[]> {
    return this.database.query<Line>(
      `SELECT id, kind, payment_id AS "paymentId", amount_cents::float8 AS "amountCents",
         clawed_back_cents::float8 AS "clawedBackCents", place, voided, version, available_at AS "availableAt"
       FROM referral_commissions WHERE referral_id = $1 AND kind <> 'clawback' ORDER BY created_at, id`,
      [referralId],
    );
  }

  async add(referral: Referral, line: Line): Promise<void> {
    await this.database.execute(
      `INSERT INTO referral_commissions (id, tenant_id, referral_id, user_id, kind, payment_id, cause, currency,
         amount_cents, place, version, available_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'payment', $7, $8, $9, $10, $11)`,
      [
        line.id,
        referral.tenantId,
        referral.id,
        referral.referrerUserId,
        line.kind,
        line.paymentId,
        referral.currency,
        line.amountCents,
        line.place,
        line.version,
        line.availableAt,
      ],
    );
  }

  async save({ id, clawedBackCents, place, voided, version }: Line): Promise<void> {
    await this.database.execute(
      `UPDATE referral_commissions SET clawed_back_cents = $2, place = $3, voided = $4, version = $5 WHERE id = $1`,
      [id, clawedBackCents, place, voided, version],
    );
  }

  /** A line below zero beside the one it takes from; above zero where something is given again. */
  async addClawback(referral: Referral, line: Line, cause: string, cents: number): Promise<void> {
    await this.database.execute(
      `INSERT INTO referral_commissions (id, tenant_id, referral_id, user_id, kind, payment_id, of_id, cause, currency,
         amount_cents, version)
       VALUES ($1, $2, $3, $4, 'clawback', $5, $6, $7, $8, $9, $10)`,
      [
        newId(),
        referral.tenantId,
        referral.id,
        referral.referrerUserId,
        line.paymentId,
        line.id,
        `${line.kind}:${line.version}:${cause}`,
        referral.currency,
        -cents,
        line.version,
      ],
    );
  }

  /** What is left of payouts that stand comes off what is available. */
  async balances(tenantId: string, userId: string): Promise<Balances> {
    const [row] = await this.database.query<Balances>(
      `WITH lines AS (SELECT coalesce(sum(amount_cents), 0) AS earned, coalesce(sum(clawed_back_cents), 0) AS clawed,
           coalesce(sum(amount_cents - clawed_back_cents) FILTER (WHERE place = 'pending'), 0) AS pending,
           coalesce(sum(amount_cents - clawed_back_cents) FILTER (WHERE place = 'held'), 0) AS held,
           coalesce(sum(amount_cents - clawed_back_cents) FILTER (WHERE place = 'available'), 0) AS released
         FROM referral_commissions
         WHERE tenant_id = $1 AND user_id = $2 AND kind <> 'clawback' AND NOT voided),
       payouts AS (SELECT coalesce(sum(amount_cents) FILTER (WHERE status IN ('pending', 'approved')), 0) AS requested,
           coalesce(sum(amount_cents) FILTER (WHERE status = 'paid'), 0) AS paid
         FROM payout_requests WHERE tenant_id = $1 AND user_id = $2)
       SELECT earned::float8, pending::float8, held::float8, clawed::float8 AS "clawedBack", requested::float8,
         paid::float8, (released - requested - paid)::float8 AS available FROM lines, payouts`,
      [tenantId, userId],
    );
    if (!row) throw new Error('The balances answered nothing');
    return row;
  }

  /** Referrals with a line whose hold is over. */
  async due(now: Date, limit: number): Promise<{ tenantId: string; referralId: string }[]> {
    return this.database.query(
      `SELECT DISTINCT tenant_id AS "tenantId", referral_id AS "referralId" FROM referral_commissions
       WHERE place = 'pending' AND NOT voided AND available_at <= $1 LIMIT $2`,
      [now, limit],
    );
  }

  /** Whether any of it was paid out. */
  async isRewarded(referralId: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT FROM payout_allocations a JOIN payout_requests p ON p.id = a.payout_id AND p.status = 'paid'
       JOIN referral_commissions c ON c.id = a.commission_id WHERE c.referral_id = $1 LIMIT 1`,
      [referralId],
    );
    return rows.length > 0;
  }
}
