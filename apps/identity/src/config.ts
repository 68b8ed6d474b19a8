import { DEFAULT_JWT_ISSUER } from '@parley/contracts';
import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  encryptionKeys,
  flag,
  integer,
  list,
  optionalInteger,
  optionalText,
  optionalUrl,
  readConfig,
  secret,
} from '@parley/platform';

export const identityConfig = {
  ...baseShape,
  /** Seals private signing keys at rest. Losing it means new signing keys and everybody signing in again. */
  ENCRYPTION_KEY: encryptionKey(),
  /** Former ones, after a rotation: they open, and what they sealed is moved to the current one. */
  ENCRYPTION_KEYS_OLD: encryptionKeys(),
  /** How long a key signs access tokens; the one after it is published a day before it takes over. */
  SIGNING_KEY_DAYS: integer(90, 2),
  JWT_ISSUER: optionalText().transform((issuer) => issuer ?? DEFAULT_JWT_ISSUER),
  BCRYPT_COST: integer(12, 4),
  /** Passwords hashed at once; all cores but one, three at most, by default. */
  HASHING_CONCURRENCY: optionalInteger().refine((turns) => turns !== 0, 'must be at least 1'),
  /** Days a session lasts without being refreshed, and at most. */
  SESSION_IDLE_DAYS: integer(30, 1),
  SESSION_MAX_DAYS: integer(90, 1),
  /** Verified accounts with these addresses are super admins (C-03). */
  ADMIN_EMAIL: list(),
  /** Nobody signs in before their address is verified (C-07). */
  REQUIRE_VERIFIED_EMAIL: flag(true),
  VERIFY_TOKEN_HOURS: integer(24, 1),
  RESET_TOKEN_MINUTES: integer(60, 1),
  /** How long an erasure can be cancelled. */
  ERASURE_GRACE_HOURS: integer(72),
  /** Between closing an account and erasing its data: until every gateway refuses its tokens. */
  ERASURE_SETTLE_SECONDS: integer(10),
  /** How long the first link of an account that somebody else opened is good for. */
  SET_PASSWORD_TOKEN_HOURS: integer(72, 1),
  /** Where people use Parley; links in mails lead there. Required in production. */
  APP_URL: optionalUrl(),
  /** Domain passkeys are bound to, and pages that may ask for them; those of APP_URL by default. */
  WEBAUTHN_RP_ID: optionalText(),
  WEBAUTHN_ORIGINS: list(),
  /** Pages of the frontend that get codes of social sign-in, beside APP_URL/auth/callback; compared exactly. */
  OAUTH_REDIRECT_URIS: list(),
  /** Where browsers reach the gateway: providers send them back there. Required in production with a provider. */
  GATEWAY_URL: optionalUrl(),
  /** For each call to a provider. */
  OAUTH_TIMEOUT_MS: integer(5_000, 50),
  /** Linking asks for a sign-in at most this old. */
  LINK_FRESH_MINUTES: integer(15, 1),
  /** Without its credentials a provider is played by the sandbox; in production it is absent. */
  GOOGLE_CLIENT_ID: optionalText(),
  GOOGLE_CLIENT_SECRET: secret(optionalText()),
  GOOGLE_ISSUER: optionalUrl().transform((issuer) => issuer ?? 'https://accounts.google.com'),
  LINKEDIN_CLIENT_ID: optionalText(),
  LINKEDIN_CLIENT_SECRET: secret(optionalText()),
  LINKEDIN_ISSUER: optionalUrl().transform((issuer) => issuer ?? 'https://www.linkedin.com/oauth'),
  FACEBOOK_APP_ID: optionalText(),
  FACEBOOK_APP_SECRET: secret(optionalText()),
  FACEBOOK_DIALOG_URL: optionalUrl(),
  FACEBOOK_GRAPH_URL: optionalUrl(),
  /** Versions live about two years. */
  FACEBOOK_GRAPH_VERSION: optionalText().transform((version) => version ?? 'v26.0'),
  SANDBOX_URL: optionalUrl(),
  /** Where browsers find the sandbox, when this service finds it elsewhere (containers). */
  SANDBOX_PUBLIC_URL: optionalUrl(),
  /** Production signs in through the sandbox only when told so. */
  ALLOW_SANDBOX: flag(false),
  /** Where keys are tested before they are saved: the same as in the service that uses them; the providers' own by default. */
  ANTHROPIC_BASE_URL: optionalUrl(),
  RESEND_BASE_URL: optionalUrl(),
  TWILIO_BASE_URL: optionalUrl(),
  VAPI_BASE_URL: optionalUrl(),
  STRIPE_BASE_URL: optionalUrl(),
  PROVIDER_TEST_TIMEOUT_MS: integer(8_000, 100),
};

export type IdentityConfig = ConfigOf<typeof identityConfig>;

/** For operators' commands, which have the environment of the service they stand beside. */
export const readIdentityConfig = (): IdentityConfig => readConfig('identity', identityConfig, process.env);
