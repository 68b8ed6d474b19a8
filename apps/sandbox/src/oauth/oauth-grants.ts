import { createHash, randomBytes } from 'node:crypto';
import type { OAuthPerson } from './oauth-people';
import type { OAuthFault } from './oauth-switches';

export const OAUTH_PROVIDERS = ['google', 'linkedin', 'facebook'] as const;
export type OAuthProvider = (typeof OAUTH_PROVIDERS)[number];

/** What one person agreed to in one browser. */
export interface Grant {
  provider: OAuthProvider;
  clientId: string;
  redirectUri: string;
  person: OAuthPerson;
  nonce?: string;
  codeChallenge?: string;
  fault?: OAuthFault;
  at: Date;
}

export interface IssuedToken extends Grant {
  /** As presented at the exchange: later calls prove themselves with it. */
  clientSecret: string;
}

const CODE_LIFE_MS = 10 * 60_000;
const KEPT = 500;

/** Codes are good once; a second use is refused, as at the providers. */
export class OAuthGrants {
  private readonly codes = new Map<string, Grant>();
  private readonly tokens = new Map<string, IssuedToken>();
  private readonly history: Grant[] = [];

  issueCode(grant: Grant): string {
    const code = randomBytes(24).toString('base64url');
    this.codes.set(code, grant);
    this.history.push(grant);
    if (this.history.length > KEPT) this.history.shift();
    return code;
  }

  /** The grant behind a code, if it was issued to this client for this address and is neither used nor old. */
  takeCode(code: string, provider: OAuthProvider, clientId: string, redirectUri: string): Grant | undefined {
    const grant = this.codes.get(code);
    this.codes.delete(code);
    if (grant?.provider !== provider || grant.clientId !== clientId) return undefined;
    if (grant.redirectUri !== redirectUri || Date.now() - grant.at.getTime() > CODE_LIFE_MS) return undefined;
    return grant;
  }

  issueToken(grant: Grant, clientSecret: string): string {
    const token = randomBytes(32).toString('base64url');
    this.tokens.set(token, { ...grant, clientSecret });
    return token;
  }

  findToken(token: string, provider: OAuthProvider): IssuedToken | undefined {
    const issued = this.tokens.get(token);
    return issued?.provider === provider ? issued : undefined;
  }

  /** Consents given, oldest first. */
  given(): readonly Grant[] {
    return this.history;
  }

  clear(): void {
    this.codes.clear();
    this.tokens.clear();
    this.history.length = 0;
  }
}

export const answersChallenge = (verifier: string | undefined, challenge: string | undefined): boolean =>
  challenge === undefined
    ? verifier === undefined
    : createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url') === challenge;
