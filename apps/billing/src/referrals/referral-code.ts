import { randomInt } from 'node:crypto';

/** Without what is mistaken for something else when read aloud or copied by hand: 0 O, 1 I L, U V. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTWXYZ';
const LENGTH = 8;

/** 5 · 10¹¹ of them; a taken one is drawn again. */
export const drawCode = (): string =>
  Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** As it is stored, however it was written. */
export const normalizeCode = (given: string): string => given.replace(/[\s-]/g, '').toUpperCase();

/** Where an invited person registers. */
export function shareUrlOf(appUrl: string | undefined, code: string): string | null {
  if (!appUrl) return null;
  const url = new URL(appUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/register`;
  url.searchParams.set('ref', code);
  return url.toString();
}
