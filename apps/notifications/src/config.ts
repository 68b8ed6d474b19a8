import { baseShape, type ConfigOf, encryptionKey, flag, integer } from '@parley/platform';
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
};

export type NotificationsConfig = ConfigOf<typeof notificationsConfig>;
