import { COMMON_PASSWORDS } from './common-passwords';

export const MIN_PASSWORD_CHARACTERS = 10;
export const MAX_PASSWORD_CHARACTERS = 128;

/** bcrypt reads no further: of two longer passwords with the same beginning, either would open the account. */
export const MAX_PASSWORD_BYTES = 72;

/** One accented letter may be typed as one or two code points; both must be the same password. */
export const normalizePassword = (password: string): string => password.normalize('NFC');

export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') <= MAX_PASSWORD_BYTES;
}

/** What is wrong with a new password, or nothing. */
export function findPasswordFault(password: string, email: string): string | undefined {
  const characters = [...password].length;
  if (characters < MIN_PASSWORD_CHARACTERS) return `must have at least ${MIN_PASSWORD_CHARACTERS} characters`;
  if (characters > MAX_PASSWORD_CHARACTERS) return `must have at most ${MAX_PASSWORD_CHARACTERS} characters`;
  if (!fitsBcrypt(password)) return `must have at most ${MAX_PASSWORD_BYTES} bytes in UTF-8`;
  const plain = password.toLowerCase();
  if (plain === email.toLowerCase()) return 'must not be the e-mail address';
  if (COMMON_PASSWORDS.has(plain) || new Set(plain).size === 1) return 'is too common';
  return undefined;
}
