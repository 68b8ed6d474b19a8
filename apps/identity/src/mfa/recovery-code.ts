import { createHash, randomBytes } from 'node:crypto';

export const RECOVERY_CODES = 10;

/** Crockford's letters: none is mistaken for another. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;
const GROUP = 4;

/** 80 random bits, `xxxx-xxxx-xxxx-xxxx`. */
export function newRecoveryCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => LETTERS[byte % LETTERS.length] ?? '');
  const groups = Array.from({ length: LENGTH / GROUP }, (_, n) =>
    letters.slice(n * GROUP, (n + 1) * GROUP).join(''),
  );
  return groups.join('-');
}

/** However it was typed: case, dashes and blanks do not count, and look-alikes mean what was printed. */
const normalize = (typed: string): string =>
  typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');

/** All that is stored; a code has too much entropy to need a slow hash. */
export const hashOfRecoveryCode = (userId: string, typed: string): Buffer =>
  createHash('sha256')
    .update(`${userId}:${normalize(typed)}`)
    .digest();
