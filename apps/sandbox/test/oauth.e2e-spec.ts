import { createHmac, randomBytes } from 'node:crypto';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomPKCECodeVerifier,
} from 'openid-client';
import { startSandbox, type RunningSandbox } from '../src';
import { call, type Answer } from './sandbox-client';

const REDIRECT = 'https://gateway.example/callback';
const CLIENT = 'client-1';
const SECRET = randomBytes(8).toString('hex');

interface GraphBody {
  error?: { code: number };
  access_token?: string;
  data?: { app_id: string; is_valid: boolean; user_id: string };
  id?: string;
  email?: string;
}

describe('social sign-in in the sandbox', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, twilioAuthToken: SECRET, vapiSecret: SECRET });
  });
  afterAll(() => sandbox?.close());

  const clientOf = (issuer: string): Promise<Configuration> =>
    discovery(new URL(sandbox.url + issuer), CLIENT, {}, ClientSecretPost(SECRET), {
      execute: [allowInsecureRequests, enableNonRepudiationChecks],
    });

  /** Where the browser ends up. */
  async function consent(url: URL, params: Record<string, string> = { as: 'ada-martin' }): Promise<URL> {
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  }

  it('plays Google for the real client: nonce, PKCE, iss, userinfo', async () => {
    const config = await clientOf('/google');
    const verifier = randomPKCECodeVerifier();
    const url = buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid email profile',
      state: 's',
      nonce: 'n',
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await consent(url);
    expect(back.searchParams.get('iss')).toBe(`${sandbox.url}/google`);
    const checks = { expectedState: 's', expectedNonce: 'n', pkceCodeVerifier: verifier };
    const tokens = await authorizationCodeGrant(config, back, { ...checks });
    expect(tokens.claims()).toMatchObject({ sub: 'ada-martin', email_verified: true, azp: CLIENT });
    const info = await fetchUserInfo(config, tokens.access_token, 'ada-martin');
    expect(info).toMatchObject({ email: 'ada.martin@gmail.com' });
    await expect(authorizationCodeGrant(config, back, { ...checks })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('insists on the PKCE verifier at Google, and refuses PKCE at LinkedIn', async () => {
    const challenge = { code_challenge: await calculatePKCECodeChallenge('a'.repeat(43)) };
    const asked = { redirect_uri: REDIRECT, scope: 'openid', state: 's', ...challenge };
    const google = await clientOf('/google');
    const fromGoogle = await consent(buildAuthorizationUrl(google, asked));
    await expect(
      authorizationCodeGrant(google, fromGoogle, { expectedState: 's', pkceCodeVerifier: 'b'.repeat(43) }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    const linkedin = await clientOf('/linkedin/oauth');
    const fromLinkedin = await consent(buildAuthorizationUrl(linkedin, asked));
    await expect(
      authorizationCodeGrant(linkedin, fromLinkedin, {
        expectedState: 's',
        pkceCodeVerifier: 'a'.repeat(43),
      }),
    ).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('plays LinkedIn: no nonce echoed, the flag as text, the locale in two shapes', async () => {
    const config = await clientOf('/linkedin/oauth');
    const url = buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid',
      state: 's',
      nonce: 'n',
    });
    const back = await consent(url, { as: 'elise-tremblay', fault: 'text-email-verified' });
    const tokens = await authorizationCodeGrant(config, back, { expectedState: 's', idTokenExpected: true });
    expect(tokens.claims()).toMatchObject({ email_verified: 'true', locale: 'fr_FR' });
    expect(tokens.claims()).not.toHaveProperty('nonce');
    const info = await fetchUserInfo(config, tokens.access_token, 'elise-tremblay');
    expect(info['locale']).toEqual({ country: 'FR', language: 'fr' });
  });

  it('lets people cancel in the words of each provider', async () => {
    const at = (path: string): URL =>
      new URL(`${sandbox.url}${path}?client_id=${CLIENT}&redirect_uri=${REDIRECT}&state=s`);
    const errorAt = async (path: string): Promise<string | null> =>
      (await consent(at(path), { fault: 'denied' })).searchParams.get('error');
    expect(await errorAt('/google/o/oauth2/v2/auth')).toBe('access_denied');
    expect(await errorAt('/linkedin/oauth/v2/authorization')).toBe('user_cancelled_authorize');
    expect(await errorAt('/facebook/v26.0/dialog/oauth')).toBe('access_denied');
  });

  it('plays Facebook: no e-mail flag, appsecret_proof, debug_token, used codes', async () => {
    const dialog = new URL(`${sandbox.url}/facebook/v26.0/dialog/oauth`);
    dialog.search = new URLSearchParams({ client_id: CLIENT, redirect_uri: REDIRECT, state: 's' }).toString();
    const back = await consent(dialog);
    expect(back.hash).toBe('#_=_');
    const graph = (path: string, fields: Record<string, string>): Promise<Answer<GraphBody>> =>
      call('GET', `${sandbox.url}/facebook/v26.0/${path}?${new URLSearchParams(fields).toString()}`);
    const code = back.searchParams.get('code') ?? '';
    const client = { client_id: CLIENT, client_secret: SECRET, redirect_uri: REDIRECT };
    const { body } = await graph('oauth/access_token', { ...client, code });
    const token = body.access_token ?? '';
    const used = await graph('oauth/access_token', { ...client, code });
    expect([used.status, used.body.error?.code]).toEqual([400, 100]);
    const debug = { input_token: token, access_token: `${CLIENT}|${SECRET}` };
    expect((await graph('debug_token', debug)).body.data).toMatchObject({ app_id: CLIENT, is_valid: true });
    const proof = createHmac('sha256', SECRET).update(token).digest('hex');
    const me = { access_token: token, fields: 'id,name,email' };
    expect((await graph('me', { ...me, appsecret_proof: proof })).body).toEqual({
      id: 'ada-martin',
      name: 'Ada Martin',
      email: 'ada.martin@gmail.com',
    });
    expect((await graph('me', me)).body.error?.code).toBe(100);
  });

  it('shows people a page to choose from, escaped, and signs in who they say they are', async () => {
    const url = new URL(`${sandbox.url}/google/o/oauth2/v2/auth`);
    url.search = new URLSearchParams({ client_id: '<b>', redirect_uri: REDIRECT, state: 's' }).toString();
    const page = await (await fetch(url)).text();
    expect(page).toContain('value="&lt;b&gt;"');
    expect(page).toContain('Élise Tremblay');
    const back = await consent(url, { as: 'new', name: 'Zoé', email: 'zoe@example.com' });
    expect(back.searchParams.get('code')).toBeTruthy();
    const overview = await (await fetch(`${sandbox.url}/`)).text();
    expect(overview).toContain('zoe@example.com');
  });

  it('approves by itself when told so, until it is reset', async () => {
    const url = `${sandbox.url}/google/o/oauth2/v2/auth?client_id=${CLIENT}&redirect_uri=${REDIRECT}`;
    await call('PUT', `${sandbox.url}/control/oauth`, { autoApprove: 'tom-leroy' });
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(302);
    const { body } = await call<{ signIns: { as: string }[] }>('GET', `${sandbox.url}/control/oauth`);
    expect(body.signIns.at(-1)).toMatchObject({ as: 'tom-leroy' });
    await call('DELETE', `${sandbox.url}/control/oauth`);
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(200);
    expect((await call('PUT', `${sandbox.url}/control/oauth`, { fault: 'misspelt' })).status).toBe(400);
  });
});
