import { Injectable } from '@nestjs/common';
import type { CommissionKind, CommissionLine, CommissionStatus, PayoutStatus } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Place } from './referral-accounts';

interface LineRow {
  id: string;
  referralId: string;
  kind: CommissionKind;
  paymentId: string;
  amountCents: number;
  clawedBackCents: number;
  currency: string;
  place: Place | null;
  availableAt: Date | null;
  createdAt: Date;
  payoutId: string | null;
  payoutStatus: PayoutStatus | null;
  allocatedCents: number;
}

/** Lines of referrals as people see them, with what became of them in payouts; what was voided was never earned. */
@Injectable()
export class CommissionLines {
  constructor(private readonly database: Database) {}

  /** By referral, newest first. */
  async of(referralIds: readonly string[]): Promise<Map<string, CommissionLine[]>> {
    const rows = await this.database.query<LineRow>(
      `SELECT c.id, c.referral_id AS "referralId", c.kind, c.payment_id AS "paymentId",
         c.amount_cents::float8 AS "amountCents", c.clawed_back_cents::float8 AS "clawedBackCents", c.currency, c.place,
         c.available_at AS "availableAt", c.created_at AS "createdAt", p.id AS "payoutId", p.status AS "payoutStatus",
         coalesce(p.allocated, 0)::float8 AS "allocatedCents"
       FROM referral_commissions c LEFT JOIN LATERAL (
         SELECT p.id, p.status, sum(a.amount_cents) OVER () AS allocated
         FROM payout_allocations a JOIN payout_requests p ON p.id = a.payout_id
         WHERE a.commission_id = c.id AND p.status <> 'rejected' ORDER BY p.created_at DESC LIMIT 1) p ON true
       WHERE c.referral_id = ANY($1) AND NOT c.voided AND NOT EXISTS (
         SELECT FROM referral_commissions v WHERE v.id = c.of_id AND v.voided) ORDER BY c.created_at DESC, c.id DESC`,
      [referralIds],
    );
    const lines = new Map<string, CommissionLine[]>();
    for (const row of rows) lines.set(row.referralId, [...(lines.get(row.referralId) ?? []), toLine(row)]);
    return lines;
  }
}

const toLine = (row: LineRow): CommissionLine => ({
  id: row.id,
  kind: row.kind,
  status: statusOf(row),
  paymentId: row.paymentId,
  amountCents: row.amountCents,
  currency: row.currency,
  availableAt: row.availableAt?.toISOString() ?? null,
  payoutId: row.payoutId,
  createdAt: row.createdAt.toISOString(),
});

function statusOf({
  kind,
  place,
  amountCents,
  clawedBackCents,
  payoutStatus,
  allocatedCents,
}: LineRow): CommissionStatus {
  const leftCents = amountCents - clawedBackCents;
  if (kind === 'clawback' || place === null || leftCents === 0) return 'reversed';
  if (place === 'held') return 'held';
  if (payoutStatus === 'pending' || payoutStatus === 'approved') return 'requested';
  return payoutStatus === 'paid' && allocatedCents >= leftCents ? 'paid' : place;
}

/** What a referral earned, and what of it was taken back. */
export function sumsOf(lines: readonly CommissionLine[]): { earnedCents: number; clawedBackCents: number } {
  const sum = (of: readonly CommissionLine[]): number =>
    of.reduce((total, line) => total + line.amountCents, 0);
  return {
    earnedCents: sum(lines.filter(({ kind }) => kind !== 'clawback')),
    clawedBackCents: 0 - sum(lines.filter(({ kind }) => kind === 'clawback')),
  };
}
