import type { SmsKeyword } from '@parley/contracts';

/** Those of the carriers, who act on them whatever we do, and their French forms. Accents do not matter. */
const WORDS: Readonly<Record<SmsKeyword, readonly string[]>> = {
  STOP: [
    'STOP',
    'STOPALL',
    'UNSUBSCRIBE',
    'CANCEL',
    'END',
    'QUIT',
    'ARRET',
    'ARRETER',
    'ARRETEZ',
    'DESABONNER',
  ],
  START: ['START', 'UNSTOP', 'DEBUT', 'REPRENDRE', 'REABONNER'],
  HELP: ['HELP', 'INFO', 'AIDE'],
  YES: ['YES', 'OUI'],
  NO: ['NO', 'NON'],
};

/** Only a text that is nothing but the keyword counts: "stop by at noon" is no wish to hear no more. */
export function keywordIn(body: string): SmsKeyword | null {
  const word = body.trim().normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  const found = Object.entries(WORDS).find(([, words]) => words.includes(word));
  return found ? (found[0] as SmsKeyword) : null;
}
