import type { CreditsLowV1, EventMeta, TrialEndingV1, UsageThresholdV1 } from '@parley/contracts';

export type BillingNotice =
  | ({ readonly kind: 'low_credits' } & CreditsLowV1)
  | ({ readonly kind: 'usage' } & UsageThresholdV1)
  | ({ readonly kind: 'trial_ending' } & TrialEndingV1);

/** Names what is told: a tenant is told once. */
export function noticeKeyOf(notice: BillingNotice, { id }: Pick<EventMeta, 'id'>): string {
  switch (notice.kind) {
    // Billing says so once until credits are refilled.
    case 'low_credits':
      return `low_credits:${id}`;
    case 'usage':
      return `usage:${notice.meter}:${notice.level}:${notice.periodStart}`;
    case 'trial_ending':
      return `trial_ending:${notice.subscriptionId}:${notice.trialEnd}`;
  }
}
