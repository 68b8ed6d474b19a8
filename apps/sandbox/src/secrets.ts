import { createHash, timingSafeEqual } from 'node:crypto';

/** Constant-time equality of texts of any length. */
export function secretsEqual(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
