import { baseShape, type ConfigOf, integer } from '@parley/platform';

export const billingConfig = {
  ...baseShape,
  /** Granted once, when a tenant is created (BR-031). */
  FREE_CREDITS: integer(15),
  /** Credits are low under this balance (BR-032). */
  LOW_CREDITS_THRESHOLD: integer(5),
  /** Promised to a call when it starts; what it lasts longer is billed all the same (C-22). */
  CALL_HOLD_MINUTES: integer(1, 1),
  /** A hold that nobody ends is forgotten after so long; no call lasts longer. */
  HOLD_SECONDS: integer(4 * 3600, 60),
  /** So long after a payment failed, lines are answered whatever is left. */
  DUNNING_GRACE_DAYS: integer(7),
};

export type BillingConfig = ConfigOf<typeof billingConfig>;
