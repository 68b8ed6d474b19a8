import { Injectable } from '@nestjs/common';
import {
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type ListReferralsRequest,
  type PageRequest,
  type PayoutPage,
  readAfter,
  type ReferralPage,
  type ReferralStats,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { ReferralCodes } from './codes.service';
import { CommissionLines } from './commission-lines.read-model';
import { type Balances, CommissionsRepository } from './commissions.repository';
import { toPayoutResponse } from './payout-response';
import { type Payout, PAYOUT_COLUMNS } from './payouts.repository';
import { personOfCaller } from './person-of-caller';
import { ProgramRepository } from './program.repository';
import { toReferralResponse } from './referral-response';
import { type Referral, REFERRAL_COLUMNS } from './referrals.repository';

const NOTHING: Balances = {
  earned: 0,
  pending: 0,
  held: 0,
  available: 0,
  requested: 0,
  paid: 0,
  clawedBack: 0,
};

/** What people see of those they referred: their own, whichever tenant they are in now. */
@Injectable()
export class OwnReferrals {
  constructor(
    private readonly database: Database,
    private readonly owners: ReferralCodes,
    private readonly programs: ProgramRepository,
    private readonly commissions: CommissionsRepository,
    private readonly lines: CommissionLines,
  ) {}

  async list(request: ListReferralsRequest): Promise<InstanceType<typeof ReferralPage>> {
    const { status, cursor, limit = DEFAULT_PAGE_SIZE } = request;
    const after = cursor ? readAfter(cursor) : undefined;
    return this.atHome(
      toPage<never, never>([], limit, nothing, () => []),
      async (userId) => {
        const rows = await this.database.query<Referral>(
          `SELECT ${REFERRAL_COLUMNS} FROM referrals r
         WHERE r.referrer_user_id = $1 AND ($2::text IS NULL OR r.status = $2)
           AND ($3::timestamptz IS NULL OR (r.signed_up_at, r.id) < ($3, $4::uuid))
         ORDER BY r.signed_up_at DESC, r.id DESC LIMIT $5`,
          [userId, status ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
        );
        const lines = await this.lines.of(rows.map(({ id }) => id));
        return toPage(
          rows,
          limit,
          (row) => toReferralResponse(row, lines.get(row.id) ?? []),
          ({ signedUpAt, id }) => cursorOf(signedUpAt, id),
        );
      },
    );
  }

  async stats(): Promise<ReferralStats> {
    const { currency, minPayoutCents } = await this.database.system('referral settings', () =>
      this.programs.current(),
    );
    const counted = { signups: 0, subscribed: 0 };
    const { balances, ...counts } = await this.atHome(
      { ...counted, balances: NOTHING },
      async (userId, tenantId) => {
        const [row = counted] = await this.database.query<typeof counted>(
          `SELECT count(*)::int AS signups, count(subscribed_at)::int AS subscribed FROM referrals
         WHERE referrer_user_id = $1`,
          [userId],
        );
        return { ...row, balances: await this.commissions.balances(tenantId, userId) };
      },
    );
    return {
      ...counts,
      currency,
      earnedCents: balances.earned,
      pendingCents: balances.pending,
      heldCents: balances.held,
      availableCents: balances.available,
      requestedCents: balances.requested,
      paidCents: balances.paid,
      clawedBackCents: balances.clawedBack,
      minPayoutCents,
    };
  }

  async payouts({
    cursor,
    limit = DEFAULT_PAGE_SIZE,
  }: PageRequest): Promise<InstanceType<typeof PayoutPage>> {
    const after = cursor ? readAfter(cursor) : undefined;
    return this.atHome(
      toPage<never, never>([], limit, nothing, () => []),
      async (userId) => {
        const rows = await this.database.query<Payout>(
          `SELECT ${PAYOUT_COLUMNS} FROM payout_requests p
         WHERE p.user_id = $1 AND ($2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid))
         ORDER BY p.created_at DESC, p.id DESC LIMIT $4`,
          [userId, after?.at ?? null, after?.id ?? null, limit + 1],
        );
        return toPage(rows, limit, toPayoutResponse, ({ createdAt, id }) => cursorOf(createdAt, id));
      },
    );
  }

  /** Answers `otherwise` to who has no code yet, and so referred nobody. */
  private async atHome<T>(otherwise: T, look: (userId: string, tenantId: string) => Promise<T>): Promise<T> {
    const userId = personOfCaller();
    const code = await this.owners.findOf(userId);
    if (!code) return otherwise;
    return this.database.forTenant(code.tenantId, () => look(userId, code.tenantId));
  }
}

const nothing = (row: never): never => row;
