import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { getJwks, login, runAs } from '@parley/contracts';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { rotateSigningKey } from '../src';
import { KeyRotation, LEAD_MS } from '../src/keys/key-rotation.service';
import { Housekeeping } from '../src/housekeeping/housekeeping.job';
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
  const rotation = (): KeyRotation => identity.service.get(KeyRotation);
  const rotate = () => runAs(stranger(), () => rotation().begin(true));
  const passStep = (days = 90) => runAs(stranger(), () => rotation().step(days));
  const kidOf = async (email: string): Promise<string | undefined> =>
    decodeProtectedHeader((await identity.ask(login, { email, password: PASSWORD })).accessToken).kid;

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

  it('get a new key by themselves: published a day ahead, the old one kept, every step audited', async () => {
    const { user } = await identity.signUp();
    const [old = ''] = await kids();
    const clock = stopClock();
    try {
      clock.pass(88 * 86_400);
      expect(await passStep()).toEqual({ outcome: 'not_due' });
      clock.pass(86_400);
      const announced = await passStep();
      expect(announced).toEqual({ outcome: 'announced', kid: expect.not.stringMatching(old) as string });
      const { kid: next = '' } = announced;
      expect((await kids()).sort()).toEqual([old, next].sort());
      expect(await kidOf(user.email)).toBe(old);
      expect(await passStep()).toEqual({ outcome: 'not_due' });
      clock.pass(LEAD_MS / 1000);
      expect(await passStep()).toEqual({ outcome: 'rotated', kid: next });
      expect(await kidOf(user.email)).toBe(next);
      expect((await kids()).sort()).toEqual([old, next].sort());
      const acts = await identity.database.query(
        `SELECT action, before FROM identity.audit_logs
         WHERE tenant_id IS NULL AND resource_type = 'signing_key' AND resource_id = $1 ORDER BY seq`,
        [next],
      );
      expect(acts).toEqual([
        { action: 'signing_key.announced', before: null },
        { action: 'signing_key.rotated', before: { kid: old } },
      ]);
    } finally {
      clock.release();
    }
  });

  it('get one key from two replicas that find the same one too old', async () => {
    const fresh = await startIdentity({ ENCRYPTION_KEY });
    const twin = await startIdentity({ ENCRYPTION_KEY }, fresh.database);
    try {
      expect((await fresh.ask(getJwks, {})).keys).toHaveLength(1);
      const late = new Date(Date.now() + 90 * 86_400_000);
      const outcomes = await Promise.all(
        [fresh, twin, fresh, twin].map((each) =>
          runAs(stranger(), () => each.service.get(KeyRotation).step(90, late)),
        ),
      );
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
        'announced',
        'not_due',
        'not_due',
        'not_due',
      ]);
      expect((await twin.ask(getJwks, {})).keys).toHaveLength(2);
    } finally {
      await twin.close();
      await fresh.close();
    }
  });

  it('get a new key when an operator says so, without the running service', async () => {
    const fresh = await startIdentity({ ENCRYPTION_KEY });
    try {
      const { accessToken } = await fresh.signUp();
      const url = fresh.database.urlOf('identity');
      const masterKeys = { ENCRYPTION_KEY, ENCRYPTION_KEYS_OLD: [] };
      const announced = await rotateSigningKey(url, masterKeys, false);
      expect(announced.outcome).toBe('announced');
      expect(await rotateSigningKey(url, masterKeys, false)).toEqual(announced);
      const rotated = await rotateSigningKey(url, masterKeys, true);
      expect(rotated).toEqual({ outcome: 'rotated', kid: announced.kid });
      const twin = await startIdentity({ ENCRYPTION_KEY }, fresh.database);
      const { accessToken: newer } = await twin.signUp().finally(() => twin.close());
      expect(decodeProtectedHeader(newer).kid).toBe(announced.kid);
      await expect(fresh.verify(newer)).resolves.toHaveProperty('sub');
      await expect(fresh.verify(accessToken)).resolves.toHaveProperty('sub');
    } finally {
      await fresh.close();
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
