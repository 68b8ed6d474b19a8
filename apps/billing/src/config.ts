import { baseShape, type ConfigOf, integer } from '@parley/platform';

export const billingConfig = {
  ...baseShape,
  /** Granted once, when a tenant is created (BR-031). */
  FREE_CREDITS: integer(15),
  /** Credits are low under this balance (BR-032). */
  LOW_CREDITS_THRESHOLD: integer(5),
};

export type BillingConfig = ConfigOf<typeof billingConfig>;
