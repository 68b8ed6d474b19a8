import { randomBytes } from 'node:crypto';
import { eventually, freezeClock, VirtualAuthenticator } from '@parley/testing';
import { generateSync } from 'otplib';
import { io } from 'socket.io-client';
import type { Mail } from '../apps/sandbox/src';
import { type Answer, type Member, TestPlatform } from './support/platform';

const APP = 'https://app.parley.test';

interface Session {
  accessToken: string;
  refreshToken: string;
  tenant: { id: string };
}
interface Options {
  challengeToken: string;
  options: Record<string, unknown>;
}
interface Refused {
  error: { code: string; details?: { challengeToken: string; methods: string[] } };
}
type Body = Session & Options & Refused & { secret: string; recoveryCodes: string[]; id: string };

/** Good already, and still good when a step of thirty seconds ends in between. */
const code = (secret: string, stepsAhead = 0): string =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * stepsAhead });

describe('second factors over HTTP', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start({ APP_URL: APP, RATE_LIMIT_AUTH: '100000' });
  });
  afterAll(() => platform?.close());

  const ask = (method: string, path: string, token?: string, body?: unknown): Promise<Answer<Body>> =>
    platform.call<Body>(method, `/v1/${path}`, { ...(token ? { token } : {}), body });
  const outcome = ({ status, body }: Answer<Body>): unknown[] =>
    status < 300 ? [status] : [status, body.error.code];
  const signIn = ({ email, password }: Member, tenantSlug?: string) =>
    ask('POST', 'auth/login', undefined, { email, password, ...(tenantSlug ? { tenantSlug } : {}) });
  const enrolTotp = async (token: string): Promise<{ secret: string; recoveryCodes: string[] }> => {
    const begun = await ask('POST', 'users/me/mfa/totp', token);
    expect(begun.status).toBe(201);
    const { secret } = begun.body;
    const confirmed = await ask('POST', 'users/me/mfa/totp/confirm', token, { code: code(secret) });
    expect(outcome(confirmed)).toEqual([200]);
    return { secret, recoveryCodes: confirmed.body.recoveryCodes };
  };
  const enrolPasskey = async (token: string, authenticator: VirtualAuthenticator) => {
    const begun = await ask('POST', 'users/me/mfa/passkeys/options', token);
    const { challengeToken, options } = begun.body;
    const passkey = authenticator.create(options);
    const added = await ask('POST', 'users/me/mfa/passkeys', token, { challengeToken, passkey });
    expect(outcome(added)).toEqual([201]);
  };
  const refresh = async ({ refreshToken }: { refreshToken: string }): Promise<Session> =>
    (await ask('POST', 'auth/refresh', undefined, { refreshToken })).body;
  const makeKey = (token: string, scopes = ['calls:read']) =>
    ask('POST', 'service-tokens', token, { name: 'Reporting', scopes });

  it('come between the password and the session', async () => {
    const person = await platform.signUp('Elise');
    const { secret } = await enrolTotp(person.accessToken);
    const asked = await signIn(person);
    expect(outcome(asked)).toEqual([401, 'MFA_REQUIRED']);
    const { challengeToken, methods } = asked.body.error.details ?? {};
    expect(methods).toEqual(['totp', 'recovery_code']);
    const verified = await ask('POST', 'auth/mfa/verify', undefined, {
      challengeToken,
      code: code(secret, 1),
    });
    expect(outcome(verified)).toEqual([200]);
    expect(outcome(await ask('GET', 'users/me', verified.body.accessToken))).toEqual([200]);
    await eventually(async () => {
      const answer = await fetch(`${platform.sandbox.url}/mailbox?to=${encodeURIComponent(person.email)}`);
      const { mails } = (await answer.json()) as { mails: Mail[] };
      expect(mails.map(({ subject }) => subject)).toContain('A second factor was added');
    });
  });

  it('make a password needless where they are passkeys', async () => {
    const person = await platform.signUp('Passkey');
    const authenticator = VirtualAuthenticator.at(APP);
    await enrolPasskey(person.accessToken, authenticator);
    const { challengeToken, options } = (await ask('POST', 'auth/passkeys/options')).body;
    const passkey = authenticator.get(options);
    const signedIn = await ask('POST', 'auth/passkeys/verify', undefined, { challengeToken, passkey });
    expect(outcome(signedIn)).toEqual([200]);
    expect(outcome(await makeKey(signedIn.body.accessToken))).toEqual([201]);
  });

  describe('a dangerous act', () => {
    it('wants a proof of the last ten minutes, which a refresh is not and a step-up is', async () => {
      const start = Date.now();
      const clock = freezeClock(new Date(start));
      try {
        const person = await platform.signUp('Stale');
        expect(outcome(await makeKey(person.accessToken))).toEqual([201]);
        clock.set(new Date(start + 601_000));
        expect(outcome(await makeKey(person.accessToken))).toEqual([403, 'STEP_UP_REQUIRED']);
        expect(outcome(await ask('GET', 'service-tokens', person.accessToken))).toEqual([200]);
        const stale = person.accessToken;
        const apiKeys = { openai: randomBytes(16).toString('hex') };
        expect(outcome(await ask('PATCH', 'users/me', stale, { apiKeys }))).toEqual([
          403,
          'STEP_UP_REQUIRED',
        ]);
        expect(outcome(await ask('PATCH', 'users/me', stale, { name: 'Stale' }))).toEqual([200]);
        const exported = await ask('GET', 'audit-logs/export?format=csv', stale);
        expect(outcome(exported)).toEqual([403, 'STEP_UP_REQUIRED']);
        const { accessToken } = await refresh(person);
        expect(outcome(await makeKey(accessToken))).toEqual([403, 'STEP_UP_REQUIRED']);
        const { password } = person;
        const stepped = await ask('POST', 'auth/step-up', accessToken, { password });
        expect(outcome(stepped)).toEqual([200]);
        expect(outcome(await makeKey(stepped.body.accessToken))).toEqual([201]);
      } finally {
        clock.release();
      }
    });

    it('wants the second factor of who has one, however fresh the password', async () => {
      const person = await platform.signUp('Partial');
      const other = (await signIn(person)).body;
      const { secret } = await enrolTotp(person.accessToken);
      expect(
        outcome(await ask('POST', 'auth/refresh', undefined, { refreshToken: other.refreshToken })),
      ).toEqual([401, 'INVALID_TOKEN']);
      // As a session from before factors were shown to sessions.
      await platform.database.query(`UPDATE identity.auth_sessions SET amr = '{pwd}' WHERE user_id = $1`, [
        person.userId,
      ]);
      const { accessToken } = await refresh(person);
      expect(outcome(await makeKey(accessToken))).toEqual([403, 'STEP_UP_REQUIRED']);
      const stepped = await ask('POST', 'auth/step-up', accessToken, { code: code(secret, 1) });
      expect(outcome(await makeKey(stepped.body.accessToken))).toEqual([201]);
    });

    it('is never for service tokens', async () => {
      const person = await platform.signUp('Keys');
      const key = (await makeKey(person.accessToken, ['settings:write'])).body.secret;
      const body = { requireMfa: false };
      expect(outcome(await ask('PUT', 'settings', key, { postCallSmsDelaySeconds: 9 }))).toEqual([200]);
      expect(outcome(await ask('PUT', 'tenant/mfa-policy', key, body))).toEqual([403, 'FORBIDDEN']);
      expect(outcome(await ask('PUT', 'tenant/mfa-policy', person.accessToken, body))).toEqual([200]);
      expect(outcome(await ask('POST', 'auth/step-up', key, { password: person.password }))).toEqual([
        403,
        'FORBIDDEN',
      ]);
    });

    it('is marked in the documentation', async () => {
      interface Document {
        paths: Record<string, Record<string, { responses: Record<string, { description?: string }> }>>;
      }
      const { body } = await platform.call<Document>('GET', '/api-docs-json');
      const marked = Object.entries(body.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, { responses }]) => responses['403']?.description?.includes('STEP_UP_REQUIRED'))
          .map(([method]) => `${method} ${path}`),
      );
      expect(marked).toEqual(
        expect.arrayContaining([
          'post /v1/service-tokens',
          'post /v1/service-tokens/{id}/rotate',
          'delete /v1/service-tokens/{id}',
          'put /v1/integrations/{provider}',
          'put /v1/admin/system-config/{key}',
          'post /v1/admin/system-config/{key}/rollback',
          'delete /v1/admin/system-config/{key}',
          'get /v1/audit-logs/export',
          'get /v1/admin/audit-logs/export',
          'put /v1/users/me/provider-keys/{provider}',
          'delete /v1/users/me/provider-keys/{provider}',
          'patch /v1/users/me',
          'post /v1/tenant/transfer',
          'put /v1/tenant/mfa-policy',
          'delete /v1/users/me/mfa/totp',
          'delete /v1/admin/users/{id}/mfa',
        ]),
      );
      expect(marked).not.toContain('get /v1/service-tokens');
      expect(body.paths['/v1/service-tokens']?.['post']?.responses['403']?.description).toContain(
        'FORBIDDEN',
      );
    });
  });

  describe('required by the tenant', () => {
    const connect = (token: string): Promise<string> =>
      new Promise((resolve) => {
        const auth = { token };
        const socket = io(platform.url, { auth, transports: ['websocket'], reconnection: false });
        const end = (answer: string): void => {
          socket.disconnect();
          resolve(answer);
        };
        socket.once('connect', () => end('connected'));
        socket.once('connect_error', (error: Error & { data?: { code: string } }) =>
          end(error.data?.code ?? error.message),
        );
      });

    it('open nothing but their enrolment until there is one', async () => {
      const boss = await platform.signUp('Boss');
      const company = await ask('POST', 'tenants', boss.accessToken, { name: 'Toitures Roy' });
      await enrolTotp(boss.accessToken);
      const { id: tenantId } = company.body;
      const owner = (await ask('POST', 'auth/switch-tenant', boss.accessToken, { tenantId })).body;
      const guest = await platform.signUp('Guest');
      const invitation = { email: guest.email, role: 'admin' };
      await ask('POST', 'invitations', owner.accessToken, invitation);
      const token = await platform.tokenMailedTo(guest.email, 'accept-invitation');
      await ask('POST', `invitations/${token}/accept`, guest.accessToken, {});
      const required = await ask('PUT', 'tenant/mfa-policy', owner.accessToken, { requireMfa: true });
      expect(outcome(required)).toEqual([200]);

      const member = (await ask('POST', 'auth/switch-tenant', guest.accessToken, { tenantId })).body;
      for (const path of ['calls', 'settings', 'members', 'service-tokens', 'tenant/mfa-policy'])
        expect(outcome(await ask('GET', path, member.accessToken))).toEqual([403, 'MFA_ENROLMENT_REQUIRED']);
      expect(outcome(await makeKey(member.accessToken))).toEqual([403, 'MFA_ENROLMENT_REQUIRED']);
      expect(await connect(member.accessToken)).toBe('MFA_ENROLMENT_REQUIRED');
      for (const path of ['users/me', 'users/me/mfa'])
        expect(outcome(await ask('GET', path, member.accessToken))).toEqual([200]);

      // The doors of a Supabase client too: who it is, and out again.
      const again = (await signIn(guest)).body;
      const elsewhere = (await ask('POST', 'auth/switch-tenant', again.accessToken, { tenantId })).body;
      for (const [method, path, status] of [
        ['GET', '/auth/v1/user', 200],
        ['POST', '/auth/v1/logout?scope=local', 204],
      ] as const) {
        const answer = await platform.call(method, path, { token: elsewhere.accessToken });
        expect([path, answer.status]).toEqual([path, status]);
      }

      await enrolPasskey(member.accessToken, VirtualAuthenticator.at(APP));
      const enrolled = await refresh(member);
      expect(outcome(await ask('GET', 'calls', enrolled.accessToken))).toEqual([200]);
      expect(outcome(await makeKey(enrolled.accessToken))).toEqual([201]);
      expect(await connect(enrolled.accessToken)).toBe('connected');
    });
  });

  it('lost with the phone are reset by a super admin alone', async () => {
    const person = await platform.signUp('Lost');
    await enrolTotp(person.accessToken);
    const path = `admin/users/${person.userId}/mfa`;
    expect(outcome(await ask('DELETE', path, person.accessToken))).toEqual([403, 'FORBIDDEN']);
    const admin = await platform.signUpAdmin();
    expect(outcome(await ask('DELETE', path, admin.accessToken))).toEqual([204]);
    expect(outcome(await signIn(person))).toEqual([200]);
  });

  it('refuse what is malformed by the name of the field', async () => {
    const answer = await platform.call<{ error: { details: { field: string }[] } }>(
      'POST',
      '/v1/auth/mfa/verify',
      { body: { challengeToken: 'mc_x', code: 'abcdef', device: 'mine' } },
    );
    expect(answer.status).toBe(400);
    expect(answer.body.error.details.map(({ field }) => field).sort()).toEqual(['code', 'device']);
  });
});
