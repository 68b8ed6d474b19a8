import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { getJwks, login, runAs } from '@parley/contracts';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { SigningKeys } from '../src/keys/signing-keys.service';
import { Housekeeping } from '../src/session/housekeeping.job';
import {
  type IdentityInTest,
  newEncryptionKey,
  PASSWORD,
  startIdentity,
  stopClock,
  stranger,
} from './identity-in-test';

describe('access tokens', () => {
  const ENCRYPTION_KEY = newEncryptionKey();
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity({ ENCRYPTION_KEY });
  });
  afterAll(async () => {
    await identity?.close();
  });

  const kids = async (): Promise<string[]> => (await identity.ask(getJwks, {})).keys.map(({ kid }) => kid);
  const rotate = () => runAs(stranger(), () => identity.service.get(SigningKeys).rotate());

  it('verify with the published keys and live one hour', async () => {
    const { accessToken, user, tenant } = await identity.signUp({ locale: 'fr' });
    const { iat = 0, auth_time: authTime, ...claims } = await identity.verify(accessToken);
    expect(authTime).toBeLessThanOrEqual(iat);
    expect(authTime).toBeGreaterThan(iat - 60);
    expect(claims).toEqual({
      iss: 'parley',
      aud: 'parley',
      exp: iat + 3600,
      sub: user.id,
      tid: tenant.id,
      sid: expect.any(String) as string,
      roles: ['owner'],
      locale: 'fr',
      amr: ['pwd'],
    });
    const { kid, ...header } = decodeProtectedHeader(accessToken);
    expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt' });
    expect(await kids()).toContain(kid);
  });

  it('are over after that hour', async () => {
    const clock = stopClock();
    try {
      const { accessToken } = await identity.signUp();
      clock.pass(3598);
      await expect(identity.verify(accessToken)).resolves.toHaveProperty('sub');
      clock.pass(2);
      await expect(identity.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    } finally {
      clock.release();
    }
  });

  it('cannot be forged from what is public', async () => {
    const { accessToken } = await identity.signUp();
    const [jwk] = (await identity.ask(getJwks, {})).keys;
    const claims = { ...decodeJwt(accessToken), roles: ['super_admin'] };
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const header = { kid: jwk?.kid ?? '', typ: 'at+jwt' };
    const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const [head, , signature] = accessToken.split('.');
    const forged = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(Buffer.from(publicPem)),
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(otherKey),
      [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.'),
    ];
    for (const token of forged) await expect(identity.verify(token)).rejects.toHaveProperty('code');
  });

  it('are signed with one key, whoever needs it first', async () => {
    const fresh = await startIdentity({ ENCRYPTION_KEY });
    const twin = await startIdentity({ ENCRYPTION_KEY }, fresh.database);
    try {
      const answers = await Promise.all([fresh, twin, fresh, twin].map((each) => each.ask(getJwks, {})));
      expect(new Set(answers.map(({ keys }) => JSON.stringify(keys))).size).toBe(1);
      expect(answers[0]?.keys).toHaveLength(1);
      const { accessToken } = await twin.signUp();
      await expect(fresh.verify(accessToken)).resolves.toHaveProperty('sub');
    } finally {
      await twin.close();
      await fresh.close();
    }
  });

  it('outlive a rotation, but not the key', async () => {
    const clock = stopClock();
    try {
      const before = await identity.signUp();
      const [old] = await kids();
      const { kid } = await rotate();
      const after = await identity.ask(login, { email: before.user.email, password: PASSWORD });
      expect(decodeProtectedHeader(after.accessToken).kid).toBe(kid);
      expect(await kids()).toEqual(expect.arrayContaining([kid, old]));
      await expect(identity.verify(before.accessToken)).resolves.toHaveProperty('sub');
      clock.pass(7201);
      await runAs(stranger(), () => identity.service.get(Housekeeping).sweep());
      expect(await kids()).toEqual([kid]);
    } finally {
      clock.release();
    }
  });

  it('are signed with a key that the database alone does not give away', async () => {
    await kids();
    const rows = await identity.database.query<{ sealed: Buffer }>(
      `SELECT private_enc AS sealed FROM identity.signing_keys WHERE status = 'active'`,
    );
    expect(rows).toHaveLength(1);
    // A PKCS#8 key starts with a DER sequence that names rsaEncryption.
    const rsaEncryption = Buffer.from('2a864886f70d010101', 'hex');
    expect(rows[0]?.sealed.includes(rsaEncryption)).toBe(false);
    const withoutKey = await startIdentity(
      { ENCRYPTION_KEY: randomBytes(32).toString('base64') },
      identity.database,
    );
    try {
      await expect(withoutKey.ask(getJwks, {})).rejects.toMatchObject({ kind: 'internal' });
    } finally {
      await withoutKey.close();
    }
  });
});
