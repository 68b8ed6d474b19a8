import { DEFAULT_JWT_ISSUER } from '@parley/contracts';
import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  encryptionKeys,
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
  /** Former ones, after a rotation: they open, and what they sealed is moved to the current one. */
  ENCRYPTION_KEYS_OLD: encryptionKeys(),
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
  /** Where people use Parley; links in mails lead there. Required in production. */
  APP_URL: optionalUrl(),
  /** Where keys are tested before they are saved: the same as in the service that uses them; the providers' own by default. */
  ANTHROPIC_BASE_URL: optionalUrl(),
  RESEND_BASE_URL: optionalUrl(),
  TWILIO_BASE_URL: optionalUrl(),
  VAPI_BASE_URL: optionalUrl(),
  STRIPE_BASE_URL: optionalUrl(),
  PROVIDER_TEST_TIMEOUT_MS: integer(8_000, 100),
};

export type IdentityConfig = ConfigOf<typeof identityConfig>;
