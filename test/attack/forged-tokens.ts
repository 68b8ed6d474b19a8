import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { SignJWT } from 'jose';
import { SigningKeys } from '../../apps/identity/src/keys/signing-keys.service';
import type { Member, TestPlatform } from '../support/platform';

export interface ForgedToken {
  kind: string;
  token: string;
}

type Claims = Record<string, unknown>;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part = ''): Claims => JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;

/** Tokens that must open nothing, each made from a good one of `member`. */
export async function forgedTokens(platform: TestPlatform, member: Member): Promise<ForgedToken[]> {
  const [head = '', body = '', signature = ''] = member.accessToken.split('.');
  const [header, claims] = [decode(head), decode(body)];
  const { privateKey } = await platform.get<SigningKeys>('identity', SigningKeys).active();
  const { body: jwks } = await platform.call<{ keys: JsonWebKey[] }>('GET', '/.well-known/jwks.json');
  const ours = jwks.keys.find(({ kid }) => kid === header.kid);
  if (!ours?.n) throw new Error('the key of the token is not published: attacks with it would prove nothing');
  const publicKey = createPublicKey({ key: ours, format: 'jwk' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const { publicKey: strangers, privateKey: stranger } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);
  const promoted = { ...claims, roles: ['owner', 'super_admin'] };
  const signed = (wanted: Claims, key: KeyObject = privateKey, more: Claims = {}): Promise<string> =>
    new SignJWT(wanted).setProtectedHeader({ ...header, alg: 'RS256', ...more }).sign(key);
  const hmac = (secret: string | Buffer): string => {
    const text = `${encode({ ...header, alg: 'HS256' })}.${encode(promoted)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  return [
    { kind: 'expired', token: await signed({ ...claims, iat: now - 7_200, exp: now - 3_600 }) },
    { kind: 'without expiry', token: await signed(without(claims, 'exp')) },
    { kind: 'not yet valid', token: await signed({ ...claims, nbf: now + 3_600 }) },
    { kind: 'alg none', token: `${encode({ ...header, alg: 'none' })}.${encode(promoted)}.` },
    {
      kind: 'alg None, old signature',
      token: `${encode({ ...header, alg: 'None' })}.${encode(promoted)}.${signature}`,
    },
    { kind: 'HS256 with the public modulus', token: hmac(Buffer.from(ours.n, 'base64url')) },
    { kind: 'HS256 with the JWKS text', token: hmac(JSON.stringify(jwks)) },
    { kind: 'HS256 with the public PEM', token: hmac(pem) },
    { kind: 'HS256 with the public PEM, trimmed', token: hmac(pem.trim()) },
    { kind: 'HS256 with the public DER', token: hmac(publicKey.export({ type: 'spki', format: 'der' })) },
    { kind: 'signed by a stranger under our kid', token: await signed(promoted, stranger) },
    {
      kind: 'signed by a stranger under an unknown kid',
      token: await signed(promoted, stranger, { kid: 'unknown' }),
    },
    {
      kind: 'signed by a stranger who brings the key along',
      token: await signed(promoted, stranger, { jwk: strangers.export({ format: 'jwk' }) }),
    },
    { kind: 'kid that is a path', token: await signed(promoted, stranger, { kid: '../../../dev/null' }) },
    { kind: 'roles changed after signing', token: `${head}.${encode(promoted)}.${signature}` },
    { kind: 'signature cut off', token: `${head}.${body}.` },
    { kind: 'another type of token', token: await signed(claims, privateKey, { typ: 'JWT' }) },
    { kind: 'for another audience', token: await signed({ ...claims, aud: 'somebody-else' }) },
    { kind: 'from another issuer', token: await signed({ ...claims, iss: 'somebody-else' }) },
    { kind: 'without a session', token: await signed(without(claims, 'sid')) },
    { kind: 'without a tenant', token: await signed(without(claims, 'tid')) },
    { kind: 'a refresh token', token: member.refreshToken },
    { kind: 'an API key nobody made', token: `parley_AAAAAAAA_${'A'.repeat(43)}` },
    { kind: 'rubbish', token: 'a.b.c' },
    { kind: 'ten kilobytes', token: 'x'.repeat(10_000) },
  ];
}

function without(claims: Claims, name: string): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}
