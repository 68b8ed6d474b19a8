import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Tells our codes from a provider's, and secret scanners what they found. */
const TICKET_START = 'sc_';

export const newTicket = (): string => TICKET_START + randomBytes(32).toString('base64url');

export const isTicket = (code: string): boolean => code.startsWith(TICKET_START);

/** Says which browser began a flow. */
export const newBrowserKey = (): string => `bk_${randomBytes(32).toString('base64url')}`;

export const isBrowserKey = (text: string | undefined): text is string =>
  text !== undefined && /^bk_[\w-]{43}$/.test(text);

/** All that is stored of a state, a code or a key; each has too much entropy to need a slow hash. */
export const hashOfCode = (code: string): Buffer => createHash('sha256').update(code).digest();

/** PKCE, S256, between the frontend and us. */
export function answersChallenge(verifier: string | undefined, challenge: string): boolean {
  if (verifier === undefined) return false;
  const answer = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const expected = Buffer.from(challenge);
  return answer.length === expected.length && timingSafeEqual(answer, expected);
}
