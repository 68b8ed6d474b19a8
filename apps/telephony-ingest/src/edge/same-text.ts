import { createHash, timingSafeEqual } from 'node:crypto';

/** Equality in constant time, whatever the lengths. Absent or empty texts equal nothing. */
export function sameText(given: string | undefined, expected: string): boolean {
  if (!given || !expected) return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
