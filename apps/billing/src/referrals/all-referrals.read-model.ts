import { Injectable } from '@nestjs/common';
import {
  type AdminPayoutPage,
  type AdminPayoutResponse,
  type AdminReferralPage,
  type AdminReferralResponse,
  type CommissionLine,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  isUuid,
  type ListAllReferralsRequest,
  type ListPayoutsRequest,
  readAfter,
  type ReferralDetails,
  type ReferralSignal,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CommissionLines } from './commission-lines.read-model';
import { CommissionsRepository } from './commissions.repository';
import { toAdminPayoutResponse } from './payout-response';
import { type Payout, PAYOUT_COLUMNS } from './payouts.repository';
import { normalizeCode } from './referral-code';
import { ReferralUnknown } from './referral.errors';
import { toReferralResponse } from './referral-response';
import { type Referral, REFERRAL_COLUMNS } from './referrals.repository';
import { timelineOf } from './timeline';

type Row = Referral & { code: string };
type SignalRow = Omit<ReferralSignal, 'createdAt' | 'decidedAt'> & {
  referralId: string;
  createdAt: Date;
  decidedAt: Date | null;
};

const FROM = `SELECT ${REFERRAL_COLUMNS}, k.code FROM referrals r JOIN referral_codes k ON k.id = r.code_id`;

/** What administrators of the platform see, of all tenants. */
@Injectable()
export class AllReferrals {
  constructor(
    private readonly database: Database,
    private readonly lines: CommissionLines,
    private readonly commissions: CommissionsRepository,
  ) {}

  async list(request: ListAllReferralsRequest): Promise<InstanceType<typeof AdminReferralPage>> {
    const { status, referrer, signal, open, search, cursor, limit = DEFAULT_PAGE_SIZE } = request;
    const after = cursor ? readAfter(cursor) : undefined;
    return this.database.system('referrals for administrators', async () => {
      const rows = await this.database.query<Row>(
        `${FROM}
         WHERE ($1::text IS NULL OR r.status = $1) AND ($2::uuid IS NULL OR r.referrer_user_id = $2)
           AND ($3::text IS NULL OR EXISTS (
             SELECT FROM referral_signals s WHERE s.referral_id = r.id AND s.kind = $3))
           AND ($4::boolean IS NULL OR (r.review = 'open') = $4)
           AND ($5::text IS NULL OR k.code = $5)
           AND ($6::uuid IS NULL OR $6 IN (r.id, r.tenant_id, r.referrer_user_id, r.referred_tenant_id, r.referred_user_id))
           AND ($7::timestamptz IS NULL OR (r.signed_up_at, r.id) < ($7, $8::uuid))
         ORDER BY r.signed_up_at DESC, r.id DESC LIMIT $9`,
        [
          status ?? null,
          referrer ?? null,
          signal ?? null,
          open ?? null,
          search && !isUuid(search) ? normalizeCode(search) : null,
          search && isUuid(search) ? search : null,
          after?.at ?? null,
          after?.id ?? null,
          limit + 1,
        ],
      );
      const ids = rows.map(({ id }) => id);
      const lines = await this.lines.of(ids);
      const signals = await this.signals(ids);
      return toPage(
        rows,
        limit,
        (row) => toAdminReferral(row, lines.get(row.id) ?? [], signals.get(row.id) ?? []),
        ({ signedUpAt, id }) => cursorOf(signedUpAt, id),
      );
    });
  }

  /** Everything known of one. */
  async get(id: string): Promise<ReferralDetails> {
    return this.database.system('a referral for administrators', async () => {
      const [row] = await this.database.query<Row>(`${FROM} WHERE r.id = $1`, [id]);
      if (!row) throw new ReferralUnknown();
      const lines = (await this.lines.of([id])).get(id) ?? [];
      const signals = (await this.signals([id])).get(id) ?? [];
      const payouts = await this.payoutsOf(id);
      const { termsVersion, initialBonusCents, commissionBps, recurringMonths, holdDays } = row;
      const referral = toAdminReferral(row, lines, signals);
      return {
        ...referral,
        terms: {
          version: termsVersion,
          initialBonusCents,
          commissionBasisPoints: commissionBps,
          recurringMonths,
          holdDays,
        },
        payouts,
        timeline: timelineOf(referral, payouts),
      };
    });
  }

  async payouts(request: ListPayoutsRequest): Promise<InstanceType<typeof AdminPayoutPage>> {
    const { status = 'pending', cursor, limit = DEFAULT_PAGE_SIZE } = request;
    const after = cursor ? readAfter(cursor) : undefined;
    return this.database.system('payouts for administrators', async () => {
      const rows = await this.database.query<Payout>(
        `SELECT ${PAYOUT_COLUMNS} FROM payout_requests p
         WHERE p.status = $1 AND ($2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid))
         ORDER BY p.created_at DESC, p.id DESC LIMIT $4`,
        [status, after?.at ?? null, after?.id ?? null, limit + 1],
      );
      const shown = new Map((await this.withCover(rows)).map((payout) => [payout.id, payout]));
      const page = toPage(
        rows,
        limit,
        ({ id }) => shown.get(id),
        ({ createdAt, id }) => cursorOf(createdAt, id),
      );
      return { ...page, data: page.data.filter((payout) => payout !== undefined) };
    });
  }

  private async payoutsOf(referralId: string): Promise<AdminPayoutResponse[]> {
    const rows = await this.database.query<Payout>(
      `SELECT ${PAYOUT_COLUMNS} FROM payout_requests p WHERE EXISTS (
         SELECT FROM payout_allocations a JOIN referral_commissions c ON c.id = a.commission_id
         WHERE a.payout_id = p.id AND c.referral_id = $1) ORDER BY p.created_at DESC, p.id DESC LIMIT 200`,
      [referralId],
    );
    return this.withCover(rows);
  }

  private async withCover(payouts: readonly Payout[]): Promise<AdminPayoutResponse[]> {
    const available = new Map<string, number>();
    for (const { tenantId, userId } of payouts)
      if (!available.has(userId))
        available.set(userId, (await this.commissions.balances(tenantId, userId)).available);
    return payouts.map((payout) => toAdminPayoutResponse(payout, available.get(payout.userId) ?? 0));
  }

  private async signals(referralIds: readonly string[]): Promise<Map<string, ReferralSignal[]>> {
    const rows = await this.database.query<SignalRow>(
      `SELECT referral_id AS "referralId", kind, state, reason, evidence, created_at AS "createdAt",
         decided_by AS "decidedBy", decided_at AS "decidedAt", note
       FROM referral_signals WHERE referral_id = ANY($1) ORDER BY created_at, id`,
      [referralIds],
    );
    const signals = new Map<string, ReferralSignal[]>();
    for (const { referralId, createdAt, decidedAt, ...row } of rows)
      signals.set(referralId, [
        ...(signals.get(referralId) ?? []),
        { ...row, createdAt: createdAt.toISOString(), decidedAt: decidedAt?.toISOString() ?? null },
      ]);
    return signals;
  }
}

const toAdminReferral = (
  row: Row,
  commissions: CommissionLine[],
  signals: ReferralSignal[],
): AdminReferralResponse => ({
  ...toReferralResponse(row, commissions),
  tenantId: row.tenantId,
  referrerUserId: row.referrerUserId,
  code: row.code,
  referredTenantId: row.referredTenantId,
  referredUserId: row.referredUserId,
  source: row.source,
  signals,
});
