/**
 * What goes wrong with one sign-in:
 * - `denied`: the person cancels. `slow`, `unavailable`: the exchange takes ten seconds, or answers 503.
 * - In the ID token: `wrong-nonce`, `wrong-signature`, `alg-none`, `expired`, `wrong-audience`, `wrong-issuer`.
 * - The address: `unverified-email`, `text-email-verified` (`"true"` as text), `no-email`, `userinfo-email` (only there).
 * - `other-subject`: userinfo or `/me` is about somebody else.
 * - Facebook: `dead-token` (error 190), `foreign-app` (the token is another app's).
 */
export const OAUTH_FAULTS = [
  'denied',
  'slow',
  'unavailable',
  'wrong-nonce',
  'wrong-signature',
  'alg-none',
  'expired',
  'wrong-audience',
  'wrong-issuer',
  'unverified-email',
  'text-email-verified',
  'no-email',
  'userinfo-email',
  'other-subject',
  'dead-token',
  'foreign-app',
] as const;

export type OAuthFault = (typeof OAUTH_FAULTS)[number];

export const isOAuthFault = (text: string | undefined): text is OAuthFault =>
  OAUTH_FAULTS.some((fault) => fault === text);

export interface OAuthChoice {
  /** Who approves without being asked; null shows the page. */
  autoApprove: string | null;
  /** What goes wrong with every sign-in that does not say it itself. */
  fault: OAuthFault | null;
}

export const ASK_EVERYBODY: Readonly<OAuthChoice> = { autoApprove: null, fault: null };
