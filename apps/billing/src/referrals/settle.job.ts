import { Uuid } from '@parley/contracts';
import type { JobDefinition } from '@parley/messaging';

export class SettleReferral {
  @Uuid() payingTenantId: string;
}

/** Brings commissions in line with what a tenant paid; nothing to do for one that nobody referred. */
export const settleReferral: JobDefinition<SettleReferral> = {
  name: 'billing.referral-settle',
  payload: SettleReferral,
};

/** One waiting job does for any number of news. */
export const settleKey = (payingTenantId: string): string => `referral-settle:${payingTenantId}`;
