import { createHash } from 'node:crypto';

const PLAIN = /^[\w.:+@/-]{1,64}$/;

/** Hex SHA-256, cut to 32 characters. */
export function fingerprint(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/**
 * Joins what identifies an event. Parts that are long or not plain text come as their fingerprint, so that a key
 * is always storable, bounded, and free of what callers say.
 */
export function naturalKey(...parts: (string | number | undefined | null)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== null && part !== '')
    .map((part) => String(part))
    .map((part) => (PLAIN.test(part) ? part : fingerprint(part)))
    .join('|');
}

/** `text` where it can stand as a name in the journal, else what `otherwise` makes of it. */
export function plainName(text: string, otherwise: (text: string) => string): string {
  return PLAIN.test(text) ? text : otherwise(text);
}
