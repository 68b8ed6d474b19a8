import {
  baseShape,
  type ConfigOf,
  encryptionKey,
  flag,
  integer,
  list,
  networks,
  oneOf,
  optionalText,
  optionalUrl,
  port,
  secret,
} from '@parley/platform';
import { z } from 'zod';

export const gatewayConfig = {
  ...baseShape,
  PORT: port(3000),
  /** Origins of the client apps, for HTTP and sockets alike; `*` only outside production. */
  CORS_ORIGINS: list(['http://localhost:5173', 'http://localhost:3000']),
  /** Headers in which those proxies tell where an address is, such as `cf-ipcountry` and `cf-ipcity`; none when unset. */
  GEO_COUNTRY_HEADER: optionalText(),
  GEO_CITY_HEADER: optionalText(),
  /** Names the designs have for the sites people use; each is one more origin (C-70). */
  FRONTEND_URL: optionalUrl(),
  APP_URL: optionalUrl(),
  /** Proxies in front whose X-Forwarded-For is believed; none by default, so that nobody chooses their address. */
  TRUSTED_PROXIES: networks(),
  BODY_LIMIT_BYTES: integer(1_048_576, 1024),
  HEADER_LIMIT_BYTES: integer(16_384, 4096),
  URL_LIMIT_CHARS: integer(8_192, 512),
  /** Seals kept answers of idempotent requests. */
  ENCRYPTION_KEY: encryptionKey(),
  JWT_ISSUER: z.preprocess((value) => (value === '' ? undefined : value), z.string().default('parley')),
  /** Several gateways share limits through it; one alone counts in memory. */
  REDIS_URL: secret(optionalUrl()),
  /** `off` is for benchmarks. */
  RATE_LIMITS: oneOf(['on', 'off'], 'on'),
  /** Requests per window of REQUIREMENTS 4.2; `rate-classes.ts` has the windows. */
  RATE_LIMIT_API: integer(100, 1),
  RATE_LIMIT_ANONYMOUS: integer(100, 1),
  RATE_LIMIT_AUTH: integer(5, 1),
  RATE_LIMIT_AUTH_ADDRESS: integer(100, 1),
  RATE_LIMIT_BAD_KEYS: integer(100, 1),
  RATE_LIMIT_DEPLOY: integer(6, 1),
  RATE_LIMIT_ONBOARD: integer(6, 1),
  RATE_LIMIT_APPT: integer(30, 1),
  RATE_LIMIT_REVIEW: integer(10, 1),
  RATE_LIMIT_ERRLOG: integer(30, 1),
  RATE_LIMIT_WQUEUE: integer(30, 1),
  RATE_LIMIT_RECON: integer(5, 1),
  /** How long after proving who they are somebody may do what `@StepUp()` guards. */
  STEP_UP_MINUTES: integer(10, 1),
  /** Sockets one person may have open at this gateway. */
  SOCKETS_PER_USER: integer(20, 1),
  /** Bearer token that opens /metrics and the full /health/detailed on the public port. */
  OPS_TOKEN: secret(optionalText()),
  /** Public key that clients of Supabase must send; none is asked for when unset. */
  SUPABASE_ANON_KEY: optionalText(),
  /** As identity's: whether people sign in before they follow the mailed link. */
  REQUIRE_VERIFIED_EMAIL: flag(true),
  API_DOCS: flag(true),
};

export type GatewayConfig = ConfigOf<typeof gatewayConfig>;
