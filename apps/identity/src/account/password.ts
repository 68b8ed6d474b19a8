import type { Locale } from '@parley/contracts';
import { isBuiltFrom, isCommon, type PasswordOwner } from './guessable';

export const MIN_PASSWORD_CHARACTERS = 10;
export const MAX_PASSWORD_CHARACTERS = 128;

/** bcrypt reads no further: of two longer passwords with the same beginning, either would open the account. */
export const MAX_PASSWORD_BYTES = 72;

/** What a person reads beside the field. */
const FAULTS = {
  tooShort: {
    en: `must have at least ${MIN_PASSWORD_CHARACTERS} characters`,
    fr: `doit compter au moins ${MIN_PASSWORD_CHARACTERS} caractères`,
  },
  tooLong: {
    en: `must have at most ${MAX_PASSWORD_CHARACTERS} characters`,
    fr: `doit compter au plus ${MAX_PASSWORD_CHARACTERS} caractères`,
  },
  tooManyBytes: {
    en: `must have at most ${MAX_PASSWORD_BYTES} bytes in UTF-8`,
    fr: `doit tenir dans ${MAX_PASSWORD_BYTES} octets en UTF-8`,
  },
  personal: {
    en: 'must not be built from your e-mail address or name',
    fr: 'ne doit pas être formé de votre adresse courriel ou de votre nom',
  },
  common: { en: 'is too common', fr: 'est trop courant' },
} as const;

export type PasswordFault = keyof typeof FAULTS;

export const tellFault = (fault: PasswordFault, locale: Locale): string => FAULTS[fault][locale];

/** One accented letter may be typed as one or two code points; both must be the same password. */
export const normalizePassword = (password: string): string => password.normalize('NFC');

export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') <= MAX_PASSWORD_BYTES;
}

/** What is wrong with a new password, or nothing. */
export function findPasswordFault(
  password: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
): PasswordFault | undefined {
  const characters = [...password].length;
  if (characters < MIN_PASSWORD_CHARACTERS) return 'tooShort';
  if (characters > MAX_PASSWORD_CHARACTERS) return 'tooLong';
  if (!fitsBcrypt(password)) return 'tooManyBytes';
  if (isBuiltFrom(password, owner, common)) return 'personal';
  if (isCommon(password, common)) return 'common';
  return undefined;
}
