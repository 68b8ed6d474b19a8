import { createHash, randomBytes } from 'node:crypto';

/** As long as finding a phone takes. */
export const CHALLENGE_SECONDS = 5 * 60;

/** Wrong answers after which a challenge is void. */
export const MAX_FAILURES = 5;

/** 256 random bits. */
export const newChallengeToken = (): string => `mc_${randomBytes(32).toString('base64url')}`;

/** All that is stored; the token has too much entropy to need a slow hash. */
export const hashOfChallenge = (token: string): Buffer => createHash('sha256').update(token).digest();
