/** Limits of REQUIREMENTS 4.2; configuration may change the figures. */
export const RATE_CLASSES = {
  API: { limit: 100, windowSeconds: 60 },
  ANONYMOUS: { limit: 100, windowSeconds: 900 },
  AUTH: { limit: 5, windowSeconds: 900 },
  WQUEUE: { limit: 30, windowSeconds: 60 },
  RECON: { limit: 5, windowSeconds: 300 },
  NONE: { limit: Number.MAX_SAFE_INTEGER, windowSeconds: 60 },
} as const;

export type RateClass = keyof typeof RATE_CLASSES;
