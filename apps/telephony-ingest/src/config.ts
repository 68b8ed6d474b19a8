import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  integer,
  networks,
  oneOf,
  optionalText,
  port,
  secret,
  url,
} from '@parley/platform';

export const telephonyConfig = {
  ...baseShape,
  /** `edge` takes webhooks and answers on the line, `worker` applies what was journalled. */
  ROLE: oneOf(['all', 'edge', 'worker'], 'all'),
  PORT: port(3001),
  /** Address under which providers reach us; Twilio's signature covers it. */
  PUBLIC_URL: url(),
  /** Encrypts provider secrets at rest. */
  ENCRYPTION_KEY: encryptionKey(),
  /** End-of-call reports carry the whole conversation. */
  WEBHOOK_BODY_LIMIT_BYTES: integer(5 * 1024 * 1024, 1024),
  /** Verified webhooks per tenant and minute and process; more are deferred and answered 429. 0: no limit. */
  WEBHOOK_LIMIT_PER_MINUTE: integer(100),
  /** Events applied at the same time by one worker. */
  JOURNAL_CONCURRENCY: integer(4, 1),
  /** How long the end of a call waits for the provider's report before it is announced without. */
  CALL_REPORT_GRACE_SECONDS: integer(120),
  /** Networks of the proxies whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: networks(),
  /** The platform's own accounts, for numbers whose tenants bring none. */
  TWILIO_ACCOUNT_SID: optionalText(),
  TWILIO_AUTH_TOKEN: secret(optionalText()),
  VAPI_WEBHOOK_SECRET: secret(optionalText()),
  /** Signing secret of the endpoint at Stripe; without one its webhooks are refused. */
  STRIPE_WEBHOOK_SECRET: secret(optionalText()),
};

export type TelephonyConfig = ConfigOf<typeof telephonyConfig>;
