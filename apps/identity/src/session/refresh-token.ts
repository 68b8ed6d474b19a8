import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { seal, unseal } from '@parley/platform';

/** How long the direct parent of the current token still answers, for two tabs or a lost reply. */
export const REFRESH_GRACE_SECONDS = 10;

/** Lets secret scanners know ours. */
const PREFIX = 'rt_';

/** 256 random bits. */
export const newRefreshToken = (): string => PREFIX + randomBytes(32).toString('base64url');

/** All that is stored of a token; it has too much entropy to need a slow hash. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const keyFrom = (parent: string): Buffer =>
  Buffer.from(hkdfSync('sha256', parent, '', 'parley refresh successor', 32));

/**
 * The successor is kept beside its used parent, so that a repeated request within the grace gets the same answer.
 * It is sealed under a key made from the parent: whoever does not hold the parent cannot open it, not even with
 * the database and ENCRYPTION_KEY in hand. Its row loses it as soon as the successor itself is used.
 */
export const sealSuccessor = (parent: string, successor: string): Buffer =>
  seal(keyFrom(parent), Buffer.from(successor), 'refresh_token');

export const openSuccessor = (parent: string, sealed: Buffer): string =>
  unseal(keyFrom(parent), sealed, 'refresh_token').toString();

export interface PresentedToken {
  usedAt: Date | null;
  /** There only while the token is the direct parent of the session's current one. */
  successorEnc: Buffer | null;
}

export interface SessionState {
  expiresAt: Date;
  revokedAt: Date | null;
  revokedReason: string | null;
}

/** Why a session ended that became another one. */
export const SWITCHED = 'tenant_switched';

/**
 * - `rotate`: the current token; give it a successor.
 * - `repeat`: the direct parent, used moments ago; give the same successor again.
 * - `reuse`: an older token, the parent too late, or any of a session that became another: two parties hold this family,
 *   so it ends with all it became.
 * - `ended`: the session is over already.
 */
export type RefreshVerdict = 'rotate' | 'repeat' | 'reuse' | 'ended';

export function judgeRefresh(session: SessionState, token: PresentedToken, at: Date): RefreshVerdict {
  if (session.expiresAt <= at) return 'ended';
  // Other tabs may still refresh while one of them switches.
  if (session.revokedAt) {
    const left =
      session.revokedReason === SWITCHED && secondsSince(session.revokedAt, at) > REFRESH_GRACE_SECONDS;
    return left ? 'reuse' : 'ended';
  }
  if (!token.usedAt) return 'rotate';
  const inTime = secondsSince(token.usedAt, at) <= REFRESH_GRACE_SECONDS;
  return token.successorEnc && inTime ? 'repeat' : 'reuse';
}

const secondsSince = (then: Date, at: Date): number => (at.getTime() - then.getTime()) / 1000;
