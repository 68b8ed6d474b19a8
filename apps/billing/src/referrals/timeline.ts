import type { AdminPayoutResponse, AdminReferralResponse, TimelineEntry } from '@parley/contracts';

/** Everything that happened to a referral, oldest first. */
export function timelineOf(
  { signedUpAt, source, signals, commissions }: AdminReferralResponse,
  payouts: readonly AdminPayoutResponse[],
): TimelineEntry[] {
  const entries = [
    entry(signedUpAt, 'referral.recorded', null, source),
    ...signals.flatMap(({ kind, state, reason, note, createdAt, decidedAt }) => [
      entry(createdAt, `signal.${kind}`, null, reason),
      ...(decidedAt ? [entry(decidedAt, `signal.${state}`, null, note)] : []),
    ]),
    ...commissions.map(({ kind, amountCents, createdAt }) =>
      kind === 'clawback'
        ? entry(createdAt, 'commission.clawed-back', amountCents, null)
        : entry(createdAt, 'commission.earned', amountCents, kind),
    ),
    ...payouts.flatMap(({ status, amountCents, reason, paidReference, createdAt, reviewedAt, paidAt }) => [
      entry(createdAt, 'payout.requested', amountCents, null),
      ...(reviewedAt
        ? [
            entry(
              reviewedAt,
              status === 'rejected' ? 'payout.rejected' : 'payout.approved',
              amountCents,
              reason,
            ),
          ]
        : []),
      ...(paidAt ? [entry(paidAt, 'payout.paid', amountCents, paidReference)] : []),
    ]),
  ];
  return entries.sort((a, b) => a.at.localeCompare(b.at));
}

const entry = (
  at: string,
  what: string,
  amountCents: number | null,
  detail: string | null,
): TimelineEntry => ({ at, what, amountCents, detail });
