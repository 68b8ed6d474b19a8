import { createHash, randomBytes } from 'node:crypto';
import { type FacebookDeletion, type FacebookDeletionAnswer, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Answer, TestPlatform } from './support/platform';

const APP = 'https://app.parley.test';
const PAGE = `${APP}/auth/callback`;
const API = 'https://api.parley.test';

interface ErrorBody {
  error: { code: string; details?: { field: string }[] };
}
interface Session {
  accessToken: string;
  user: { id: string; email: string; emailVerified: boolean };
  tenant: { kind: string };
}
interface Accounts {
  data: { provider: string }[];
  hasPassword: boolean;
}

/** Facebook's word about an address verifies nothing; that such people wait for their mail is identity's test. */
const SETTINGS = {
  RATE_LIMIT_AUTH: '100000',
  APP_URL: APP,
  GATEWAY_URL: API,
  REQUIRE_VERIFIED_EMAIL: 'false',
};

describe('social sign-in in a browser', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start({ ...SETTINGS });
  });
  afterAll(() => platform?.close());

  /** Follows no redirect by itself: what leaves the platform is what matters here. */
  const browse = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { redirect: 'manual', headers });
  const locationOf = (answer: Response): URL => {
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  };
  const aPerson = async (fields: object = {}): Promise<{ id: string; email: string }> => {
    const { body } = await fetchJson(`${platform.sandbox.url}/control/oauth/people`, {
      id: newId(),
      name: 'Zoé Gagnon',
      email: `zoe.${randomBytes(4).toString('hex')}@gmail.com`,
      ...fields,
    });
    return body as { id: string; email: string };
  };
  const fetchJson = async (url: string, body: object): Promise<{ status: number; body: unknown }> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  const startPath = (provider: string, more: Record<string, string> = {}): string =>
    `/v1/auth/oauth/${provider}/start?${new URLSearchParams({ redirectUri: PAGE, ...more }).toString()}`;
  const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

  /** The page of the frontend, as a browser reaches it from the button. */
  const visit = async (
    provider: string,
    person: { id: string },
    options: { start?: Record<string, string>; token?: string; fault?: string } = {},
  ): Promise<URL> => {
    const { start = {}, token, fault } = options;
    const bearer: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const begun = await browse(platform.url + startPath(provider, start), bearer);
    const consent = locationOf(begun);
    consent.searchParams.set('as', person.id);
    if (fault) consent.searchParams.set('fault', fault);
    const back = locationOf(await browse(consent.href));
    expect(back.origin).toBe(API);
    return locationOf(await browse(platform.url + back.pathname + back.search, { cookie: cookieOf(begun) }));
  };
  const exchange = (
    provider: string,
    page: URL,
    more: object = {},
    path = '/v1/auth/social',
  ): Promise<Answer<Session & ErrorBody>> => {
    const code = page.searchParams.get('code');
    return platform.call('POST', path, { body: { provider, code, redirectUri: PAGE, ...more } });
  };

  it.each(['google', 'linkedin', 'facebook'])(
    'goes to %s and comes back signed in, with free credits',
    async (provider) => {
      const person = await aPerson();
      const page = await visit(provider, person);
      expect(page.href.startsWith(`${PAGE}?`)).toBe(true);
      expect([...page.searchParams.keys()].sort()).toEqual(['code', 'provider']);
      const { status, body } = await exchange(provider, page);
      expect(status).toBe(200);
      expect(body.user.email).toBe(person.email);
      const token = body.accessToken;
      await eventually(async () => {
        const credits = await platform.call<{ balance: number }>('GET', '/v1/billing/credits', { token });
        expect(credits.body.balance).toBe(15);
      });
      const again = await exchange(provider, page);
      expect([again.status, again.body.error.code]).toEqual([401, 'INVALID_TOKEN']);
    },
  );

  it('answers scripts with the address instead of a redirect, and keeps the browser in a cookie', async () => {
    const answer = await browse(platform.url + startPath('google'), { accept: 'application/json' });
    expect(answer.status).toBe(200);
    const { authorizationUrl } = (await answer.json()) as { authorizationUrl: string };
    const asked = new URL(authorizationUrl).searchParams;
    expect(asked.get('redirect_uri')).toBe(`${API}/v1/auth/oauth/google/callback`);
    expect(asked.get('code_challenge_method')).toBe('S256');
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^parley-oauth=bk_[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(authorizationUrl).not.toContain(cookieOf(answer).split('=')[1]);
  });

  it('refuses a callback without the cookie, with that of another browser, and a replay', async () => {
    const begun = await browse(platform.url + startPath('google'));
    const consent = locationOf(begun);
    consent.searchParams.set('as', (await aPerson()).id);
    const { pathname, search } = locationOf(await browse(consent.href));
    const other = await browse(platform.url + startPath('google'));
    const come = async (cookie?: string): Promise<number> =>
      (await browse(platform.url + pathname + search, cookie ? { cookie } : {})).status;
    expect(await come()).toBe(401);
    expect(await come(cookieOf(other))).toBe(401);
    expect(await come(`other=1; ${cookieOf(begun)}`)).toBe(302);
    expect(await come(cookieOf(begun))).toBe(401);
  });

  it('deletes what came from Facebook when a person asks for it there', async () => {
    const person = await aPerson();
    const { body: session } = await exchange('facebook', await visit('facebook', person));
    const token = session.accessToken;
    const links = async (): Promise<string[]> => {
      const { body } = await platform.call<Accounts>('GET', '/v1/users/me/social-accounts', { token });
      return body.data.map(({ provider }) => provider);
    };
    expect(await links()).toEqual(['facebook']);
    const callbackUrl = `${platform.url}/v1/auth/social/facebook/deletions`;
    const ask = async (appSecret: string): Promise<{ status: number; body: FacebookDeletionAnswer }> => {
      const asked = { as: person.id, callbackUrl, appSecret };
      const { body } = await fetchJson(`${platform.sandbox.url}/control/oauth/facebook/deletions`, asked);
      return body as { status: number; body: FacebookDeletionAnswer };
    };
    expect((await ask('not-ours')).status).toBe(401);
    expect(await links()).toEqual(['facebook']);
    const { body: answer } = await ask('sandbox');
    expect(answer).toEqual({
      url: `${API}/v1/auth/social/facebook/deletions/${answer.confirmation_code}`,
      confirmation_code: expect.any(String) as string,
    });
    expect(await links()).toEqual([]);
    expect((await ask('sandbox')).status).toBe(200);
    const { pathname } = new URL(answer.url);
    const shown = await platform.call<FacebookDeletion>('GET', pathname, {});
    expect(shown.body).toMatchObject({ code: answer.confirmation_code, status: 'completed' });
    const unknown = await platform.call('GET', `/v1/auth/social/facebook/deletions/${newId()}`, {});
    expect(unknown.status).toBe(404);
  });

  it('tells the frontend why there is no code', async () => {
    const page = await visit('linkedin', await aPerson(), { fault: 'denied' });
    expect(page.search).toBe('?error=access_denied&provider=linkedin');
  });

  it('goes to no other page, and to no other provider', async () => {
    const path = '/v1/auth/oauth/google/start?redirectUri=https://elsewhere.example/';
    const refused = await platform.call<ErrorBody>('GET', path);
    expect([refused.status, refused.body.error.details]).toMatchObject([400, [{ field: 'redirectUri' }]]);
    expect((await platform.call('GET', startPath('github'))).status).toBe(400);
    expect((await platform.call('GET', startPath('google', { unknown: '1' }))).status).toBe(400);
  });

  it('keeps the code from whoever did not start, on the path of design 001 too', async () => {
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const person = await aPerson();
    const stolen = await visit('google', person, { start: { codeChallenge } });
    expect((await exchange('google', stolen)).status).toBe(401);
    const own = await visit('google', person, { start: { codeChallenge } });
    const answer = await exchange('google', own, { codeVerifier }, '/auth/social');
    expect([answer.status, answer.headers.get('deprecation')]).toEqual([200, 'true']);
  });

  it('links and unlinks for who is signed in', async () => {
    const { accessToken: token } = await platform.signUp('Linker');
    const path = '/v1/users/me/social-accounts';
    const person = await aPerson();
    expect((await platform.call('GET', startPath('google', { link: 'true' }))).status).toBe(401);
    const page = await visit('google', person, { start: { link: 'true' }, token });
    const body = { provider: 'google', code: page.searchParams.get('code'), redirectUri: PAGE };
    const linked = await platform.call<Accounts>('POST', path, { token, body });
    expect([linked.status, linked.body]).toMatchObject([201, { data: [{ provider: 'google' }] }]);
    expect((await platform.call<Accounts>('GET', path, { token })).body.hasPassword).toBe(true);
    const stranger = await platform.signUp('Stranger');
    expect((await platform.call<Accounts>('GET', path, { token: stranger.accessToken })).body.data).toEqual(
      [],
    );
    const foreign = await platform.call('DELETE', `${path}/google`, { token: stranger.accessToken });
    expect(foreign.status).toBe(404);
    expect((await platform.call('DELETE', `${path}/google`, { token })).status).toBe(204);
    expect((await platform.call('GET', path)).status).toBe(401);
  });

  it('answers 409 to who has an account that only they can open', async () => {
    const person = await aPerson({ email: `zoe-${newId()}@example.com` });
    const body = { email: person.email, password: 'correct horse battery', name: 'Zoé' };
    expect((await platform.call('POST', '/v1/auth/register', { body })).status).toBe(201);
    const answer = await exchange('facebook', await visit('facebook', person));
    expect([answer.status, answer.body.error.code]).toEqual([409, 'SIGN_IN_TO_LINK']);
  });
});
