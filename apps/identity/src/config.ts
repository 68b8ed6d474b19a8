import { DEFAULT_JWT_ISSUER } from '@parley/contracts';
import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  flag,
  integer,
  list,
  optionalText,
  optionalUrl,
} from '@parley/platform';

export const identityConfig = {
  ...baseShape,
  /** Seals private signing keys at rest. Losing it means new signing keys and everybody signing in again. */
  ENCRYPTION_KEY: encryptionKey(),
  JWT_ISSUER: optionalText().transform((issuer) => issuer ?? DEFAULT_JWT_ISSUER),
  BCRYPT_COST: integer(12, 4),
  /** Days a session lasts without being refreshed, and at most. */
  SESSION_IDLE_DAYS: integer(30, 1),
  SESSION_MAX_DAYS: integer(90, 1),
  /** Verified accounts with these addresses are super admins (C-03). */
  ADMIN_EMAIL: list(),
  /** Nobody signs in before their address is verified (C-07). */
  REQUIRE_VERIFIED_EMAIL: flag(false),
  VERIFY_TOKEN_HOURS: integer(24, 1),
  RESET_TOKEN_MINUTES: integer(60, 1),
  /** How long an erasure can be cancelled. */
  ERASURE_GRACE_HOURS: integer(72),
  /** Between closing an account and erasing its data: until every gateway refuses its tokens. */
  ERASURE_SETTLE_SECONDS: integer(10),
  /** Where people use Parley; links in mails lead there. Required in production. */
  APP_URL: optionalUrl(),
};

export type IdentityConfig = ConfigOf<typeof identityConfig>;
