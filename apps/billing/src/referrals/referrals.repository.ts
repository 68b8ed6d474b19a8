import { Injectable } from '@nestjs/common';
import type { ReferralSignalKind, ReferralSource, ReferralStatus } from '@parley/contracts';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Review, Terms } from './commission';

export interface Referral extends Terms {
  readonly id: string;
  /** Of who referred. */
  readonly tenantId: string;
  readonly codeId: string;
  readonly referrerUserId: string;
  readonly referredTenantId: string;
  readonly referredUserId: string | null;
  readonly source: ReferralSource;
  readonly network: string | null;
  readonly termsVersion: number;
  readonly signedUpAt: Date;
  status: ReferralStatus;
  review: Review;
  /** Of the first paid invoice of a plan. */
  subscribedAt: Date | null;
}

export interface NewSignal {
  readonly kind: ReferralSignalKind;
  /** What it was seen in: the same is told once, also after it was cleared. */
  readonly seenIn: string;
  readonly reason: string;
  readonly evidence: Record<string, unknown>;
}

export const REFERRAL_COLUMNS = `r.id, r.tenant_id AS "tenantId", r.code_id AS "codeId",
  r.referrer_user_id AS "referrerUserId", r.referred_tenant_id AS "referredTenantId",
  r.referred_user_id AS "referredUserId", r.source, r.status, r.review, r.network,
  r.terms_version AS "termsVersion", r.currency, r.initial_bonus_cents::float8 AS "initialBonusCents",
  r.commission_bps AS "commissionBps", r.recurring_months AS "recurringMonths", r.hold_days AS "holdDays",
  r.signed_up_at AS "signedUpAt", r.subscribed_at AS "subscribedAt"`;

@Injectable()
export class ReferralsRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<Referral | undefined> {
    return this.one(`SELECT ${REFERRAL_COLUMNS} FROM referrals r WHERE r.id = $1`, [id]);
  }

  async findByReferred(tenantId: string): Promise<Referral | undefined> {
    return this.one(`SELECT ${REFERRAL_COLUMNS} FROM referrals r WHERE r.referred_tenant_id = $1`, [
      tenantId,
    ]);
  }

  async lock(id: string): Promise<Referral | undefined> {
    return this.one(`SELECT ${REFERRAL_COLUMNS} FROM referrals r WHERE r.id = $1 FOR UPDATE`, [id]);
  }

  /** @returns false when somebody referred the tenant before */
  async add(referral: Omit<Referral, 'status' | 'review' | 'subscribedAt'>): Promise<boolean> {
    const added = await this.database.execute(
      `INSERT INTO referrals (id, tenant_id, code_id, referrer_user_id, referred_tenant_id, referred_user_id, source,
         network, terms_version, currency, initial_bonus_cents, commission_bps, recurring_months, hold_days, signed_up_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
      [
        referral.id,
        referral.tenantId,
        referral.codeId,
        referral.referrerUserId,
        referral.referredTenantId,
        referral.referredUserId,
        referral.source,
        referral.network,
        referral.termsVersion,
        referral.currency,
        referral.initialBonusCents,
        referral.commissionBps,
        referral.recurringMonths,
        referral.holdDays,
        referral.signedUpAt,
      ],
    );
    return added > 0;
  }

  async save({ id, status, review, subscribedAt }: Referral): Promise<void> {
    await this.database.execute(
      'UPDATE referrals SET status = $2, review = $3, subscribed_at = $4 WHERE id = $1',
      [id, status, review, subscribedAt],
    );
  }

  /** Of one code, this one included. */
  async countSince(codeId: string, since: Date): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM referrals WHERE code_id = $1 AND created_at >= $2',
      [codeId, since],
    );
    return row?.count ?? 0;
  }

  /** @returns false when it was seen before */
  async addSignal(referral: Referral, { kind, seenIn, reason, evidence }: NewSignal): Promise<boolean> {
    const added = await this.database.execute(
      `INSERT INTO referral_signals (id, tenant_id, referral_id, kind, seen_in, reason, evidence)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [newId(), referral.tenantId, referral.id, kind, seenIn, reason, JSON.stringify(evidence)],
    );
    return added > 0;
  }

  async decideSignals(
    referralId: string,
    state: 'cleared' | 'rejected',
    actorId: string | null,
    note: string,
  ): Promise<number> {
    return this.database.execute(
      `UPDATE referral_signals SET state = $2, decided_by = $3, decided_at = now(), note = $4
       WHERE referral_id = $1 AND state = 'open'`,
      [referralId, state, actorId, note],
    );
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<Referral | undefined> {
    const [row] = await this.database.query<Referral>(sql, parameters);
    return row;
  }
}
