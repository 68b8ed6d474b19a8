import { createHash, randomBytes } from 'node:crypto';
import { type SocialProviderName, signInSocially, tenantCreatedV1 } from '@parley/contracts';
import { Client } from 'pg';
import { SocialFlow } from '../src/social/social-flow.service';
import { stopClock } from './identity-in-test';
import { aGmail, PAGE, type Person, SocialInTest } from './social-in-test';

const REFUSED = { status: 401, code: 'INVALID_TOKEN' };
const PROVIDERS: SocialProviderName[] = ['google', 'linkedin', 'facebook'];

describe('social sign-in', () => {
  let social: SocialInTest;
  beforeAll(async () => {
    social = await SocialInTest.start({ OAUTH_TIMEOUT_MS: '2000', ADMIN_EMAIL: 'root@corp.example' });
  });
  afterAll(() => social?.close());

  const rows = (table: string, userId: string): Promise<Record<string, unknown>[]> =>
    social.identity.database.query(`SELECT * FROM identity.${table} WHERE user_id = $1`, [userId]);

  it.each(PROVIDERS)('gives who is new at %s an account with a tenant, once', async (provider) => {
    const person = await social.person();
    const first = await social.signIn(provider, person);
    expect(first.user).toMatchObject({
      email: person.email,
      name: 'Zoé Gagnon',
      authProvider: provider,
    });
    expect(first.tenant).toMatchObject({ kind: 'personal', role: 'owner', name: 'Zoé Gagnon' });
    expect(await social.identity.verify(first.accessToken)).toMatchObject({ sub: first.user.id });
    const again = await social.signIn(provider, person);
    expect([again.user.id, again.tenant.id]).toEqual([first.user.id, first.tenant.id]);
    const created = (await social.identity.published(tenantCreatedV1.type)).filter(
      ({ meta }) => meta.tenantId === first.tenant.id,
    );
    expect(created).toHaveLength(1);
    const actions = await social.identity.database.query<{ action: string }>(
      'SELECT action FROM identity.audit_logs WHERE tenant_id = $1 ORDER BY seq',
      [first.tenant.id],
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'social-account.linked',
      'login.succeeded',
      'login.succeeded',
    ]);
  });

  it('counts addresses as verified on the word of Google and LinkedIn, not of Facebook', async () => {
    const verified = await Promise.all(
      PROVIDERS.map(async (provider) => {
        const { user } = await social.signIn(provider, await social.person());
        return user.emailVerified;
      }),
    );
    expect(verified).toEqual([true, true, false]);
  });

  it('makes nobody a super admin by an address that LinkedIn once verified', async () => {
    const session = await social.signIn('linkedin', await social.person({ email: 'root@corp.example' }));
    expect(session.user.emailVerified).toBe(false);
    expect(await social.identity.verify(session.accessToken)).toMatchObject({ roles: ['owner'] });
  });

  it('knows people by the id of the provider, whatever address it tells', async () => {
    const person = await social.person();
    const { user } = await social.signIn('google', person);
    await social.control('/control/oauth/people', { ...person, email: aGmail() });
    expect((await social.signIn('google', person)).user).toMatchObject({ id: user.id, email: person.email });
    await social.control('/control/oauth/people', { ...person, email: null });
    expect((await social.signIn('google', person)).user.id).toBe(user.id);
  });

  it.each([
    ['google', 'text-email-verified', true],
    ['linkedin', 'text-email-verified', true],
    ['google', 'unverified-email', false],
    ['linkedin', 'unverified-email', false],
    ['google', 'userinfo-email', true],
  ] as const)('reads %s with %s as verified: %s', async (provider, fault, verified) => {
    const { user } = await social.signIn(provider, await social.person(), fault);
    expect(user.emailVerified).toBe(verified);
  });

  it.each([
    ['google', 'denied', 'access_denied'],
    ['linkedin', 'denied', 'access_denied'],
    ['facebook', 'denied', 'access_denied'],
    ['google', 'wrong-nonce', 'proof_refused'],
    ['google', 'wrong-signature', 'proof_refused'],
    ['linkedin', 'wrong-signature', 'proof_refused'],
    ['google', 'alg-none', 'proof_refused'],
    ['linkedin', 'alg-none', 'proof_refused'],
    ['google', 'expired', 'proof_refused'],
    ['google', 'wrong-audience', 'proof_refused'],
    ['linkedin', 'wrong-issuer', 'proof_refused'],
    ['google', 'other-subject', 'proof_refused'],
    ['facebook', 'other-subject', 'proof_refused'],
    ['facebook', 'dead-token', 'proof_refused'],
    ['facebook', 'foreign-app', 'proof_refused'],
    ['google', 'unavailable', 'provider_unavailable'],
    ['facebook', 'unavailable', 'provider_unavailable'],
    ['google', 'slow', 'provider_unavailable'],
    ['linkedin', 'slow', 'provider_unavailable'],
    ['facebook', 'slow', 'provider_unavailable'],
  ] as const)('sends who met %s: %s back with %s', async (provider, fault, error) => {
    expect(await social.visit(provider, await social.person(), { fault })).toEqual({ code: '', error });
  });

  it.each(PROVIDERS)('asks for an e-mail address when %s tells none', async (provider) => {
    const { code } = await social.visit(provider, await social.person({ email: null }));
    await expect(social.exchange(provider, code)).rejects.toMatchObject({
      status: 422,
      code: 'EMAIL_REQUIRED',
    });
  });

  it('refuses the state of another browser, of another provider, used twice or too old', async () => {
    const person = await social.person();
    const { authorizationUrl, browserKey } = await social.start('google');
    const query = await social.consent(authorizationUrl, person);
    const other = await social.start('google');
    await expect(social.finish('google', query, other.browserKey)).rejects.toMatchObject(REFUSED);
    await expect(social.finish('google', query)).rejects.toMatchObject(REFUSED);
    await expect(social.finish('linkedin', query, browserKey)).rejects.toMatchObject(REFUSED);
    await expect(social.finish('google', 'code=x&state=y', browserKey)).rejects.toMatchObject(REFUSED);
    expect((await social.finish('google', query, browserKey)).error).toBeNull();
    await expect(social.finish('google', query, browserKey)).rejects.toMatchObject(REFUSED);
    const clock = stopClock();
    try {
      const late = await social.start('google');
      const answer = await social.consent(late.authorizationUrl, person);
      clock.pass(601);
      await expect(social.finish('google', answer, late.browserKey)).rejects.toMatchObject(REFUSED);
    } finally {
      clock.release();
    }
  });

  it('lets two flows of one browser end', async () => {
    const person = await social.person();
    const first = await social.start('google');
    const second = await social.start('linkedin', { browserKey: first.browserKey });
    expect(second.browserKey).toBe(first.browserKey);
    const answer = await social.consent(first.authorizationUrl, person);
    expect((await social.finish('google', answer, second.browserKey)).error).toBeNull();
    const forged = await social.start('google', { browserKey: 'chosen-by-somebody' });
    expect(forged.browserKey).not.toBe('chosen-by-somebody');
  });

  it('exchanges a code once, for its provider, its page and its frontend', async () => {
    const person = await social.person();
    const fresh = async (options = {}): Promise<string> =>
      (await social.visit('google', person, options)).code;
    const used = await fresh();
    await social.exchange('google', used);
    await expect(social.exchange('google', used)).rejects.toMatchObject(REFUSED);
    await expect(social.exchange('linkedin', await fresh())).rejects.toMatchObject(REFUSED);
    const redirectUri = 'https://elsewhere.example/welcome';
    await expect(social.exchange('google', await fresh(), { redirectUri })).rejects.toMatchObject(REFUSED);
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    await expect(social.exchange('google', await fresh({ codeChallenge }))).rejects.toMatchObject(REFUSED);
    const wrong = { codeVerifier: randomBytes(32).toString('base64url') };
    const burnt = await fresh({ codeChallenge });
    await expect(social.exchange('google', burnt, wrong)).rejects.toMatchObject(REFUSED);
    await expect(social.exchange('google', burnt, { codeVerifier })).rejects.toMatchObject(REFUSED);
    await expect(
      social.exchange('google', await fresh({ codeChallenge }), { codeVerifier }),
    ).resolves.toHaveProperty('accessToken');
  });

  it('lets a code wait two minutes', async () => {
    const clock = stopClock();
    try {
      const { code } = await social.visit('facebook', await social.person());
      clock.pass(121);
      await expect(social.exchange('facebook', code)).rejects.toMatchObject(REFUSED);
    } finally {
      clock.release();
    }
  });

  it.each([
    'https://elsewhere.example/welcome',
    `${PAGE}/`,
    `${PAGE}?next=https://elsewhere.example`,
    'https://app.parley.test.elsewhere.example/welcome',
  ])('sends nobody to %s', async (redirectUri) => {
    await expect(social.start('google', { redirectUri })).rejects.toMatchObject({
      status: 400,
      details: [expect.objectContaining({ field: 'redirectUri' })],
    });
  });

  it('keeps neither states, codes, nonces nor verifiers readable', async () => {
    const { authorizationUrl, browserKey } = await social.start('google');
    const asked = new URL(authorizationUrl).searchParams;
    const stored = await social.identity.database.query<{ all: string }>(
      `SELECT string_agg(t::text || encode(secrets_enc, 'escape'), '|') AS all FROM identity.oauth_states t`,
    );
    for (const secret of [asked.get('state'), asked.get('nonce'), browserKey]) {
      expect(stored[0]?.all).not.toContain(secret);
    }
  });

  it('shows a raw session of the service none of it', async () => {
    await social.signIn('google', await social.person());
    const raw = new Client({ connectionString: social.identity.database.urlOf('identity') });
    await raw.connect();
    try {
      for (const table of ['oauth_accounts', 'oauth_states', 'oauth_tickets']) {
        const kept = await social.identity.database.query(`SELECT id FROM identity.${table}`);
        expect(kept.length).toBeGreaterThan(0);
        expect((await raw.query(`SELECT id FROM identity.${table}`)).rows).toEqual([]);
      }
    } finally {
      await raw.end();
    }
  });

  it('forgets flows that ended, not the accounts they led to', async () => {
    const { user } = await social.signIn('google', await social.person());
    const { database } = social.identity;
    await database.query(`UPDATE identity.oauth_states SET expires_at = now() - interval '2 days'`);
    await social.identity.service.get<SocialFlow>(SocialFlow).sweep();
    expect(await database.query('SELECT id FROM identity.oauth_states')).toEqual([]);
    expect(await rows('oauth_accounts', user.id)).toHaveLength(1);
  });

  describe('run by the frontend itself', () => {
    const codeFor = async (
      provider: SocialProviderName,
      person: Person,
      more: Record<string, string> = {},
    ): Promise<string> => {
      const { authorizationUrl } = await social.start(provider);
      const url = new URL(authorizationUrl);
      for (const name of ['nonce', 'code_challenge', 'code_challenge_method']) url.searchParams.delete(name);
      url.searchParams.set('redirect_uri', PAGE);
      for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
      return new URLSearchParams(await social.consent(url.href, person)).get('code') ?? '';
    };

    it.each(PROVIDERS)('takes the code of %s, once', async (provider) => {
      const person = await social.person();
      const code = await codeFor(provider, person);
      expect((await social.exchange(provider, code)).user.email).toBe(person.email);
      await expect(social.exchange(provider, code)).rejects.toMatchObject(REFUSED);
    });

    it('checks the nonce and passes the verifier on', async () => {
      const person = await social.person();
      const codeVerifier = randomBytes(32).toString('base64url');
      const pkce = {
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
        nonce: 'n-1',
      };
      const code = (): Promise<string> => codeFor('google', person, pkce);
      await expect(
        social.exchange('google', await code(), { codeVerifier, nonce: 'n-1' }),
      ).resolves.toHaveProperty('accessToken');
      for (const wrong of [{ codeVerifier, nonce: 'n-2' }, { codeVerifier }, { nonce: 'n-1' }]) {
        await expect(social.exchange('google', await code(), wrong)).rejects.toMatchObject(REFUSED);
      }
    });

    it('takes no code for a page that is not ours, and not both kinds of proof', async () => {
      const redirectUri = 'https://elsewhere.example/';
      const provider = 'google';
      await expect(social.exchange(provider, 'abc', { redirectUri })).rejects.toMatchObject({ status: 400 });
      for (const request of [
        { provider },
        { provider, code: 'a', idToken: 'b', redirectUri: PAGE },
      ] as const) {
        await expect(social.identity.ask(signInSocially, request)).rejects.toMatchObject({ status: 400 });
      }
    });
  });

  describe('with an ID token', () => {
    const idToken = async (fields: object): Promise<string> =>
      (
        await social.control<{ idToken: string }>('/control/oauth/id-tokens', {
          provider: 'google',
          clientId: 'parley',
          ...fields,
        })
      ).idToken;
    const signIn = (token: string, more: object = {}) =>
      social.identity.ask(signInSocially, { provider: 'google', idToken: token, ...more });

    it('signs in, once per token', async () => {
      const person = await social.person();
      const token = await idToken({ as: person.id, nonce: 'n' });
      await expect(signIn(token)).rejects.toMatchObject(REFUSED);
      expect((await signIn(token, { nonce: 'n' })).user.email).toBe(person.email);
      await expect(signIn(token, { nonce: 'n' })).rejects.toMatchObject(REFUSED);
      const linkedin = await idToken({ provider: 'linkedin', as: person.id });
      await expect(signIn(linkedin)).rejects.toMatchObject(REFUSED);
    });

    it('of LinkedIn works too; Facebook has none', async () => {
      const person = await social.person();
      const token = await idToken({ provider: 'linkedin', as: person.id });
      await expect(signIn(token, { provider: 'linkedin' })).resolves.toHaveProperty('accessToken');
      await expect(signIn(token, { provider: 'facebook' })).rejects.toMatchObject(REFUSED);
    });

    it.each(['wrong-signature', 'alg-none', 'expired', 'wrong-audience', 'wrong-issuer'])(
      'with %s is refused',
      async (fault) => {
        const token = await idToken({ as: (await social.person()).id, fault });
        await expect(signIn(token)).rejects.toMatchObject(REFUSED);
      },
    );

    it('made for another client of the same provider is refused', async () => {
      const token = await idToken({ as: (await social.person()).id, clientId: 'another-app' });
      await expect(signIn(token)).rejects.toMatchObject(REFUSED);
    });
  });

  it('makes one account of many arrivals at once', async () => {
    const person = await social.person();
    const codes = await Promise.all(
      Array.from({ length: 4 }, async () => (await social.visit('google', person)).code),
    );
    const sessions = await Promise.all(codes.map((code) => social.exchange('google', code)));
    const [userId = ''] = new Set(sessions.map(({ user }) => user.id));
    expect(new Set(sessions.map(({ user }) => user.id)).size).toBe(1);
    expect(await rows('memberships', userId)).toHaveLength(1);
    expect(await rows('oauth_accounts', userId)).toHaveLength(1);
    expect(await rows('auth_sessions', userId)).toHaveLength(4);
  });

  it('makes one account when two providers bring one address at once', async () => {
    const person = await social.person();
    const codes = await Promise.all(
      PROVIDERS.map(async (provider) => ({ provider, code: (await social.visit(provider, person)).code })),
    );
    const outcomes = await Promise.allSettled(
      codes.map(({ provider, code }) => social.exchange(provider, code)),
    );
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'SIGN_IN_TO_LINK' });
    }
    const users = await social.identity.database.query('SELECT id FROM identity.users WHERE email = $1', [
      person.email,
    ]);
    expect(users).toHaveLength(1);
  });

  it('lets one of two callbacks with one state through', async () => {
    const { authorizationUrl, browserKey } = await social.start('google');
    const query = await social.consent(authorizationUrl, await social.person());
    const outcomes = await Promise.allSettled([
      social.finish('google', query, browserKey),
      social.finish('google', query, browserKey),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
