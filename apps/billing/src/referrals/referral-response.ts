import type { CommissionLine, ReferralResponse } from '@parley/contracts';
import { sumsOf } from './commission-lines.read-model';
import type { Referral } from './referrals.repository';

export const toReferralResponse = (
  { id, status, review, signedUpAt, subscribedAt, currency }: Referral,
  commissions: CommissionLine[],
): ReferralResponse => ({
  id,
  status,
  underReview: review === 'open',
  signedUpAt: signedUpAt.toISOString(),
  subscribedAt: subscribedAt?.toISOString() ?? null,
  ...sumsOf(commissions),
  currency,
  commissions,
});
