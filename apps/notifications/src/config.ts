import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  flag,
  integer,
  optionalText,
  optionalUrl,
  secret,
} from '@parley/platform';
import { z } from 'zod';

/** Seconds, fractions allowed. */
const seconds = (fallback: number) =>
  z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().min(0).default(fallback));

export const notificationsConfig = {
  ...baseShape,
  /** Endpoints served at the same time; each takes one job while it has something to send. */
  JOBS_CONCURRENCY: integer(50, 1),
  /** Seals endpoint secrets and custom headers. */
  ENCRYPTION_KEY: encryptionKey(),
  /** Wait before the second attempt; doubles with every further one. Also how long a broken endpoint rests. */
  WEBHOOK_RETRY_BASE_SECONDS: seconds(30),
  /** Attempts in all, where the endpoint does not say (BR-106). */
  WEBHOOK_MAX_ATTEMPTS: integer(5, 1),
  /** From the first byte sent to the head of the answer. */
  WEBHOOK_TIMEOUT_MS: integer(15_000, 100),
  /** Requests to one endpoint at the same time, per process. */
  WEBHOOK_ENDPOINT_CONCURRENCY: integer(5, 1),
  /** An endpoint that only failed for this long is disabled. */
  WEBHOOK_DISABLE_AFTER_DAYS: integer(5, 1),
  /** Deliveries and their attempts are removed after this time. */
  WEBHOOK_LOG_DAYS: integer(30, 1),
  /** Development and self-hosting only: private addresses and plain http. */
  WEBHOOKS_ALLOW_PRIVATE_TARGETS: flag(false),
  /** Without a key mail goes to the sandbox's mailbox. */
  RESEND_API_KEY: secret(optionalText()),
  /** Only used together with the key. */
  RESEND_BASE_URL: optionalUrl(),
  SANDBOX_URL: optionalUrl(),
  /** Production starts on the sandbox only when told so. */
  ALLOW_SANDBOX: flag(false),
  /** Sender; its domain must be verified with the provider. */
  EMAIL_FROM: optionalText().transform((from) => from ?? 'Parley <no-reply@parley.example>'),
  /** For the provider's whole answer. */
  EMAIL_TIMEOUT_MS: integer(10_000, 100),
  /** Attempts in all; the wait before the second one doubles with every further one. */
  EMAIL_MAX_ATTEMPTS: integer(5, 1),
  EMAIL_RETRY_BASE_SECONDS: seconds(30),
  /** How long sent and failed mails are listed; their bodies go at once. */
  EMAIL_LOG_DAYS: integer(90, 1),
  /** Slack’s incoming webhook for whoever runs the platform; whoever knows it may write there. */
  OPS_SLACK_WEBHOOK_URL: secret(optionalUrl()),
  /** Gets the same alerts by mail. */
  OPS_EMAIL: optionalText(),
  /** For Slack’s whole answer. */
  OPS_TIMEOUT_MS: integer(10_000, 100),
  /** Wait before the second of three tries; doubles for the third. */
  OPS_RETRY_BASE_SECONDS: seconds(30),
};

export type NotificationsConfig = ConfigOf<typeof notificationsConfig>;
