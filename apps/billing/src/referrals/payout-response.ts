import type { AdminPayoutResponse, PayoutResponse } from '@parley/contracts';
import type { Payout } from './payouts.repository';

export const toPayoutResponse = (payout: Payout): PayoutResponse => ({
  id: payout.id,
  status: payout.status,
  amountCents: payout.amountCents,
  currency: payout.currency,
  methodKind: payout.methodKind,
  last4: payout.last4,
  reason: payout.reason,
  paidReference: payout.paidReference,
  createdAt: payout.createdAt.toISOString(),
  reviewedAt: payout.reviewedAt?.toISOString() ?? null,
  paidAt: payout.paidAt?.toISOString() ?? null,
});

/** @param availableCents of who asked; below zero when some of it was taken back or is held since */
export const toAdminPayoutResponse = (payout: Payout, availableCents: number): AdminPayoutResponse => ({
  ...toPayoutResponse(payout),
  tenantId: payout.tenantId,
  userId: payout.userId,
  reviewedBy: payout.reviewedBy,
  covered: availableCents >= 0,
});
