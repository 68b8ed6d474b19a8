import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { API_KEY_PREFIX_LENGTH, API_KEY_START } from '@parley/contracts';

/** How long the old secret stays good after a rotation, unless said otherwise. */
export const DEFAULT_OVERLAP_HOURS = 24;

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const PUBLIC_CHARACTERS = API_KEY_PREFIX_LENGTH - API_KEY_START.length;
const FORM = new RegExp(`^(${API_KEY_START}[${ALPHABET}]{${PUBLIC_CHARACTERS}})_[A-Za-z0-9_-]{43}$`);

/** The public beginning of a new key: enough to find and to recognise it, nothing to sign in with. */
export const newPrefix = (): string =>
  API_KEY_START +
  [...randomBytes(PUBLIC_CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** 256 random bits behind the prefix. */
export const newKey = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`;

/** The prefix of a text in the form of a key. */
export const prefixOf = (key: string): string | undefined => FORM.exec(key)?.[1];

/** All that is stored of a key; it has too much entropy to need a slow hash. */
export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

export interface KeySecrets {
  secretHash: Buffer;
  previousHash: Buffer | null;
  previousGoodUntil: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** Until when the presented key is good: null is no end, undefined that it is not good at all. */
export function goodUntil(key: string, secrets: KeySecrets, at: Date): Date | null | undefined {
  const { secretHash, previousHash, previousGoodUntil, expiresAt, revokedAt } = secrets;
  if (revokedAt || (expiresAt && expiresAt <= at)) return undefined;
  const hash = hashOf(key);
  if (timingSafeEqual(hash, secretHash)) return expiresAt;
  if (!previousHash || !previousGoodUntil || previousGoodUntil <= at) return undefined;
  if (!timingSafeEqual(hash, previousHash)) return undefined;
  return expiresAt && expiresAt < previousGoodUntil ? expiresAt : previousGoodUntil;
}
