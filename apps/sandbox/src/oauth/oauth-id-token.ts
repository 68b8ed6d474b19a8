import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Grant } from './oauth-grants';

export type IdTokenGrant = Omit<Grant, 'redirectUri' | 'codeChallenge'>;

const HOUR = 3_600;
const ANOTHER = 'somebody-else';

/** Signs ID tokens with keys made at start: nothing that looks like a key lies in a file. */
export class IdTokens {
  private readonly kid = randomUUID();
  private readonly keys = newKeys();
  private readonly strangersKeys = newKeys();

  async jwks(): Promise<{ keys: JWK[] }> {
    const jwk = await exportJWK(this.keys.publicKey);
    return { keys: [{ ...jwk, kid: this.kid, use: 'sig', alg: 'RS256' }] };
  }

  async sign(grant: IdTokenGrant, issuer: string): Promise<string> {
    const claims = claimsOf(grant, issuer);
    if (grant.fault === 'alg-none') return unsigned(claims);
    const { privateKey } = grant.fault === 'wrong-signature' ? this.strangersKeys : this.keys;
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: this.kid, typ: 'JWT' })
      .sign(privateKey);
  }
}

/** What `/userinfo` tells, and the ID token beside its technical claims. */
export function profileOf({ provider, person, fault }: IdTokenGrant): Record<string, unknown> {
  const { email, emailVerified, hd, name } = person;
  const [given = name, ...family] = name.split(' ');
  const verified = fault === 'unverified-email' ? false : emailVerified;
  const told = email !== null && fault !== 'no-email';
  return {
    name,
    given_name: given,
    family_name: family.join(' '),
    ...(told ? { email, email_verified: fault === 'text-email-verified' ? String(verified) : verified } : {}),
    ...(provider === 'google' && hd !== null ? { hd } : {}),
  };
}

export const subjectInUserinfo = ({ person, fault }: IdTokenGrant): string =>
  fault === 'other-subject' ? ANOTHER : person.id;

function claimsOf(grant: IdTokenGrant, issuer: string): JWTPayload {
  const { provider, clientId, person, nonce, fault } = grant;
  const now = Math.floor(Date.now() / 1000) - (fault === 'expired' ? 3 * HOUR : 0);
  const { email, email_verified: verified, ...profile } = profileOf(grant);
  const elsewhere = fault === 'userinfo-email' || fault === 'other-subject';
  return {
    iss: fault === 'wrong-issuer' ? 'https://issuer.example' : issuer,
    aud: fault === 'wrong-audience' ? ANOTHER : clientId,
    sub: person.id,
    iat: now,
    exp: now + HOUR,
    ...profile,
    ...(email === undefined || elsewhere ? {} : { email, email_verified: verified }),
    ...(provider === 'google' ? { azp: clientId } : { locale: 'fr_FR' }),
    // LinkedIn does not echo it.
    ...(provider === 'google' && nonce !== undefined
      ? { nonce: fault === 'wrong-nonce' ? ANOTHER : nonce }
      : {}),
  };
}

function unsigned(claims: JWTPayload): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

const newKeys = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('rsa', { modulusLength: 2048 });
