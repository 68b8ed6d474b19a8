import type { FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config';

interface Window {
  readonly windowSeconds: number;
  /** The setting that says how many requests a window takes. */
  readonly setting: keyof GatewayConfig & `RATE_LIMIT_${string}`;
}

/** Limits of REQUIREMENTS 4.2. Webhooks have theirs in telephony-ingest, behind the signature check. */
export const RATE_CLASSES = {
  API: { windowSeconds: 60, setting: 'RATE_LIMIT_API' },
  ANONYMOUS: { windowSeconds: 900, setting: 'RATE_LIMIT_ANONYMOUS' },
  AUTH: { windowSeconds: 900, setting: 'RATE_LIMIT_AUTH' },
  /** Beside AUTH, whatever mails an address tries. */
  AUTH_ADDRESS: { windowSeconds: 900, setting: 'RATE_LIMIT_AUTH_ADDRESS' },
  /** Service tokens of an address that were none. */
  BAD_KEYS: { windowSeconds: 900, setting: 'RATE_LIMIT_BAD_KEYS' },
  DEPLOY: { windowSeconds: 60, setting: 'RATE_LIMIT_DEPLOY' },
  ONBOARD: { windowSeconds: 60, setting: 'RATE_LIMIT_ONBOARD' },
  APPT: { windowSeconds: 60, setting: 'RATE_LIMIT_APPT' },
  REVIEW: { windowSeconds: 60, setting: 'RATE_LIMIT_REVIEW' },
  ERRLOG: { windowSeconds: 60, setting: 'RATE_LIMIT_ERRLOG' },
  WQUEUE: { windowSeconds: 60, setting: 'RATE_LIMIT_WQUEUE' },
  RECON: { windowSeconds: 300, setting: 'RATE_LIMIT_RECON' },
} as const satisfies Record<string, Window>;

export type RateClass = keyof typeof RATE_CLASSES;

/** `USUAL` is API for the signed-in and ANONYMOUS for others; `NONE` is unlimited. */
export type DeclaredRate = RateClass | 'USUAL' | 'NONE';

/** For routes whose class depends on what is asked. */
export type RateOf = (request: FastifyRequest) => DeclaredRate;
