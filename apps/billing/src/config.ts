import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  flag,
  integer,
  list,
  optionalText,
  optionalUrl,
  secret,
} from '@parley/platform';

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
  /** Seals where payouts go, and keys the prints of cards and networks. */
  ENCRYPTION_KEY: encryptionKey(),
  /** Where people use Parley; links that share a referral code lead there. */
  APP_URL: optionalUrl(),
  /** How far back a reconciliation looks: a billing period and some days. */
  RECONCILIATION_DAYS: integer(35, 1),
  /** What is younger may still be on its way, and is left to the next run. */
  RECONCILIATION_GRACE_MINUTES: integer(15),
  /** Calls, records or periods compared at once. */
  RECONCILIATION_BATCH: integer(200, 1),
  /** How long one question about one tenant's books may take; a long history takes long. */
  RECONCILIATION_STATEMENT_SECONDS: integer(600, 1),
  /** Differences above are flagged, in percent of what is right (BR-054). */
  RECONCILIATION_THRESHOLD_PCT: integer(5),
  /** Without a key the sandbox plays Stripe. */
  STRIPE_SECRET_KEY: secret(optionalText()),
  /** Another place than Stripe's own; without a path. */
  STRIPE_API_URL: optionalUrl(),
  STRIPE_TIMEOUT_MS: integer(10_000, 1),
  /** After the first try, by the SDK, under the same idempotency key. */
  STRIPE_MAX_RETRIES: integer(2),
  SANDBOX_URL: optionalUrl(),
  /** Production starts on the sandbox only when told so. */
  ALLOW_SANDBOX: flag(false),
  /** Origins that Stripe's pages may send people back to. */
  CHECKOUT_ORIGINS: list(['http://localhost:5173', 'http://localhost:3000']),
  /** The longest trial that a checkout may ask for; 0 gives none. */
  TRIAL_DAYS_MAX: integer(14),
  /** Plans that people may try by themselves, with a card; links that administrators make offer any. */
  TRIAL_PLANS: list(['voice.core', 'voice.pro', 'sales.explorer', 'sales.professional']),
};

export type BillingConfig = ConfigOf<typeof billingConfig>;
