import { DEFAULT_JWT_ISSUER } from '@parley/contracts';
import { baseShape, type ConfigOf, encryptionKey, integer, list, optionalText } from '@parley/platform';

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
};

export type IdentityConfig = ConfigOf<typeof identityConfig>;
