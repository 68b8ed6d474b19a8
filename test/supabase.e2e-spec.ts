import { randomBytes } from 'node:crypto';
import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { Mail } from '../apps/sandbox/src';
import { TestPlatform } from './support/platform';

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'another horse battery';
const ANON_KEY = randomBytes(24).toString('base64url');

/** What sites built on Supabase do, with the client they do it with. */
describe('sign-in with @supabase/supabase-js', () => {
  let platform: TestPlatform;
  const clients: SupabaseClient[] = [];

  beforeAll(async () => {
    platform = await TestPlatform.start({
      REQUIRE_VERIFIED_EMAIL: 'false',
      RATE_LIMIT_AUTH: '100000',
      APP_URL: 'https://app.parley.test',
      SUPABASE_ANON_KEY: ANON_KEY,
    });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.auth.stopAutoRefresh()));
    await platform?.close();
  });

  function aClient(key = ANON_KEY): SupabaseClient {
    const client = createClient(platform.url, key, {
      auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
    });
    clients.push(client);
    return client;
  }
  const anAddress = (): string => `elise-${newId()}@plomberie-tremblay.ca`;
  async function signedUp(): Promise<{ client: SupabaseClient; email: string; refreshToken: string }> {
    const client = aClient();
    const email = anAddress();
    const { data, error } = await client.auth.signUp({ email, password: PASSWORD });
    expect(error).toBeNull();
    return { client, email, refreshToken: data.session?.refresh_token ?? '' };
  }
  async function signIn(email: string, password = PASSWORD): Promise<SupabaseClient> {
    const client = aClient();
    const { error } = await client.auth.signInWithPassword({ email, password });
    expect(error).toBeNull();
    return client;
  }
  const tokenMailed = (email: string, page: string): Promise<string> =>
    eventually(async () => {
      const response = await fetch(`${platform.sandbox.url}/mailbox?to=${encodeURIComponent(email)}`);
      const { mails } = (await response.json()) as { mails: Mail[] };
      const token = mails
        .map(({ text }) => new RegExp(`/${page}\\?token=([\\w-]+)`).exec(text ?? '')?.[1])
        .find((each) => each !== undefined);
      if (!token) throw new Error(`no mail about ${page} yet`);
      return token;
    });
  const raw = (method: string, path: string, options: Parameters<TestPlatform['call']>[2] = {}) =>
    platform.call<Record<string, unknown>>(method, `/auth/v1${path}`, {
      ...options,
      headers: { apikey: ANON_KEY, ...options.headers },
    });

  it('signs up, with a session and a user in the shape the client knows', async () => {
    const client = aClient();
    const events: string[] = [];
    const { data: listening } = client.auth.onAuthStateChange((event) => void events.push(event));
    const email = anAddress();
    const { data, error } = await client.auth.signUp({
      email,
      password: PASSWORD,
      options: { data: { full_name: 'Élise Tremblay', company: 'Plomberie Tremblay', locale: 'fr-CA' } },
    });
    expect(error).toBeNull();
    expect(data.session).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    expect(data.session?.expires_at).toBeGreaterThan(Date.now() / 1000);
    expect(data.user).toMatchObject({
      email,
      aud: 'authenticated',
      role: 'authenticated',
      app_metadata: { provider: 'email', tenant_role: 'owner' },
      user_metadata: { name: 'Élise Tremblay', locale: 'fr' },
      is_anonymous: false,
    });
    expect(data.user?.identities).toHaveLength(1);
    const me = await platform.call<{ tenant: { name: string } }>('GET', '/v1/users/me', {
      token: data.session?.access_token ?? '',
    });
    expect(me.body.tenant.name).toBe('Plomberie Tremblay');
    await eventually(() => expect(events).toContain('SIGNED_IN'));
    listening.subscription.unsubscribe();
  });

  it('signs in, tells who it is, and reads claims by our public keys', async () => {
    const { email } = await signedUp();
    const client = await signIn(email);
    const { data: user } = await client.auth.getUser();
    expect(user.user?.email).toBe(email);
    const { data: claims, error } = await client.auth.getClaims();
    expect(error).toBeNull();
    expect(claims?.header.alg).toBe('RS256');
    expect(claims?.claims.sub).toBe(user.user?.id);
  });

  it('refuses a forged token by claims and by user', async () => {
    const { client } = await signedUp();
    const { data } = await client.auth.getSession();
    const forged = (data.session?.access_token ?? '').replace(/\.[^.]+$/, `.${'A'.repeat(342)}`);
    expect((await client.auth.getClaims(forged)).error?.name).toBe('AuthInvalidJwtError');
    expect((await client.auth.getUser(forged)).error).toMatchObject({ code: 'bad_jwt', status: 403 });
  });

  it('answers a wrong password and an unknown account alike', async () => {
    const { email } = await signedUp();
    const client = aClient();
    const wrong = await client.auth.signInWithPassword({ email, password: 'not the password' });
    const unknown = await client.auth.signInWithPassword({
      email: anAddress(),
      password: 'not the password',
    });
    expect(wrong.error).toMatchObject({
      name: 'AuthApiError',
      code: 'invalid_credentials',
      status: 400,
      message: 'Invalid login credentials',
    });
    expect(JSON.stringify(unknown.error)).toBe(JSON.stringify(wrong.error));
    expect(unknown.data.session).toBeNull();
  });

  it('refuses a second account, a weak password and metadata it cannot keep', async () => {
    const { email } = await signedUp();
    const client = aClient();
    const twice = await client.auth.signUp({ email, password: PASSWORD });
    expect(twice.error).toMatchObject({ code: 'user_already_exists', status: 422 });
    const short = await client.auth.signUp({ email: anAddress(), password: 'short' });
    expect(short.error).toMatchObject({ name: 'AuthWeakPasswordError', status: 422, reasons: ['length'] });
    const common = await client.auth.signUp({ email: anAddress(), password: 'a'.repeat(12) });
    expect(common.error).toMatchObject({ code: 'weak_password', reasons: ['pwned'] });
    const other = await client.auth.signUp({
      email: anAddress(),
      password: PASSWORD,
      options: { data: { shoe_size: 44 } },
    });
    expect(other.error).toMatchObject({ code: 'validation_failed' });
    expect(other.error?.message).toContain('shoe_size');
  });

  it('refreshes, and ends the session when an old refresh token comes again', async () => {
    const { client, refreshToken } = await signedUp();
    const first = await client.auth.refreshSession();
    expect(first.error).toBeNull();
    expect(first.data.session?.refresh_token).not.toBe(refreshToken);
    const second = await client.auth.refreshSession();
    expect(second.error).toBeNull();
    const thief = await aClient().auth.refreshSession({ refresh_token: refreshToken });
    expect(thief.error).toMatchObject({ code: 'refresh_token_not_found', status: 400 });
    await eventually(async () => {
      const { error } = await client.auth.getUser();
      expect(error?.name).toBe('AuthSessionMissingError');
    });
  });

  it('updates name, language and password', async () => {
    const { client, email } = await signedUp();
    const named = await client.auth.updateUser({ data: { name: 'É. Tremblay', locale: 'fr' } });
    expect(named.data.user?.user_metadata).toMatchObject({ full_name: 'É. Tremblay', locale: 'fr' });
    expect((await client.auth.updateUser({ password: NEW_PASSWORD })).error).toBeNull();
    await signIn(email, NEW_PASSWORD);
    const { error } = await aClient().auth.signInWithPassword({ email, password: PASSWORD });
    expect(error?.code).toBe('invalid_credentials');
  });

  it('wants the current password when the sign-in was a while ago', async () => {
    const { client } = await signedUp();
    const { data } = await client.auth.getUser();
    await platform.database.query(
      `UPDATE identity.auth_sessions SET authenticated_at = now() - interval '11 min' WHERE user_id = $1`,
      [data.user?.id],
    );
    const stale = await client.auth.updateUser({ password: NEW_PASSWORD });
    expect(stale.error).toMatchObject({ code: 'reauthentication_needed', status: 400 });
    const wrong = await client.auth.updateUser({ password: NEW_PASSWORD, current_password: 'not this one' });
    expect(wrong.error?.code).toBe('invalid_credentials');
    const right = await client.auth.updateUser({ password: NEW_PASSWORD, current_password: PASSWORD });
    expect(right.error).toBeNull();
  });

  it('recovers an account by mail, once per link, and says nothing about unknown ones', async () => {
    const { email, client: before } = await signedUp();
    const asked = await aClient().auth.resetPasswordForEmail(email, {
      redirectTo: 'https://app.parley.test',
    });
    const unknown = await aClient().auth.resetPasswordForEmail(anAddress());
    expect(asked).toEqual(unknown);
    expect(asked.error).toBeNull();
    const token = await tokenMailed(email, 'reset-password');
    const client = aClient();
    const verified = await client.auth.verifyOtp({ type: 'recovery', token_hash: token });
    expect(verified.error).toBeNull();
    expect(verified.data.user?.email_confirmed_at).toBeTruthy();
    const again = await aClient().auth.verifyOtp({ type: 'recovery', token_hash: token });
    expect(again.error).toMatchObject({ code: 'otp_expired', status: 403 });
    expect((await client.auth.updateUser({ password: NEW_PASSWORD })).error).toBeNull();
    await signIn(email, NEW_PASSWORD);
    await eventually(async () => expect((await before.auth.getUser()).error).not.toBeNull());
  });

  it('verifies an address and sends the mail again', async () => {
    const { email, client } = await signedUp();
    expect((await client.auth.resend({ type: 'signup', email })).error).toBeNull();
    const token = await tokenMailed(email, 'verify-email');
    const { data, error } = await aClient().auth.verifyOtp({ type: 'email', token_hash: token });
    expect(error).toBeNull();
    expect(data.session?.user.email_confirmed_at).toBeTruthy();
  });

  it('signs out here, elsewhere or everywhere', async () => {
    const { email, client: first } = await signedUp();
    const [second, third] = [await signIn(email), await signIn(email)];
    expect((await first.auth.signOut({ scope: 'local' })).error).toBeNull();
    expect((await second.auth.getUser()).error).toBeNull();
    const { data } = await third.auth.getSession();
    const token = data.session?.access_token ?? '';
    expect((await second.auth.signOut({ scope: 'others' })).error).toBeNull();
    await eventually(async () => {
      const { status, body } = await raw('GET', '/user', { token });
      expect([status, body['error_code']]).toEqual([403, 'session_not_found']);
    });
    expect((await second.auth.getUser()).error).toBeNull();
    const kept = (await second.auth.getSession()).data.session?.access_token ?? '';
    expect((await second.auth.signOut()).error).toBeNull();
    await eventually(async () => expect((await raw('GET', '/user', { token: kept })).status).toBe(403));
  });

  it('asks for the key of the installation', async () => {
    const { error } = await aClient('another-key').auth.signInWithPassword({
      email: anAddress(),
      password: PASSWORD,
    });
    expect(error).toMatchObject({ status: 401, message: 'Invalid API key' });
    expect((await platform.call('GET', '/auth/v1/settings')).status).toBe(401);
  });

  it('tells errors in both versions of the protocol', async () => {
    const first = await raw('GET', '/user');
    expect([first.status, first.body]).toEqual([
      401,
      {
        code: 401,
        error_code: 'no_authorization',
        msg: 'This endpoint requires a valid Bearer token',
      },
    ]);
    const second = await raw('GET', '/user', { headers: { 'x-supabase-api-version': '2024-01-01' } });
    expect(second.headers.get('x-supabase-api-version')).toBe('2024-01-01');
    expect(second.body).toEqual({
      code: 'no_authorization',
      message: 'This endpoint requires a valid Bearer token',
    });
  });

  it.each([
    ['POST', '/token?grant_type=pkce', {}, 400, 'validation_failed'],
    ['POST', '/token', {}, 400, 'validation_failed'],
    ['POST', '/token?grant_type=password', [], 400, 'bad_json'],
    ['POST', '/token?grant_type=password', { email: 'x' }, 400, 'validation_failed'],
    ['POST', '/signup', { phone: '+15145550100', password: PASSWORD }, 400, 'phone_provider_disabled'],
    ['POST', '/signup', { email: 'not an address', password: PASSWORD }, 400, 'validation_failed'],
    ['POST', '/verify', { type: 'sms', token: '123456' }, 400, 'validation_failed'],
    ['POST', '/resend', { type: 'email_change', email: 'a@example.test' }, 400, 'validation_failed'],
  ])('refuses %s %s with %j', async (method, path, body, status, code) => {
    const answer = await raw(method, path, { body });
    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });

  it('tells its settings and its health', async () => {
    expect((await raw('GET', '/settings')).body).toMatchObject({
      external: { email: true, phone: false },
      mailer_autoconfirm: true,
    });
    expect((await raw('GET', '/health')).body).toMatchObject({ name: 'Parley' });
  });
});

describe('sign-up with @supabase/supabase-js where addresses are verified first', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    // REQUIRE_VERIFIED_EMAIL is not set: the default of every service is the same.
    platform = await TestPlatform.start({ RATE_LIMIT_AUTH: '100000' });
  });
  afterAll(() => platform?.close());

  it('says in its settings that addresses are confirmed by mail', async () => {
    const { body } = await platform.call('GET', '/auth/v1/settings');
    expect(body).toMatchObject({ mailer_autoconfirm: false });
  });

  it('answers a known address as an unknown one', async () => {
    const { email } = await platform.signUp();
    const signUp = (address: string) =>
      platform.call<Record<string, unknown>>('POST', '/auth/v1/signup', {
        body: { email: address, password: PASSWORD, data: { name: 'Élise' } },
      });
    const [known, unknown] = [await signUp(email), await signUp(`nobody-${newId()}@example.test`)];
    expect([known.status, known.body['email']]).toEqual([unknown.status, email]);
    expect(shapeOf(known.body)).toEqual(shapeOf(unknown.body));
  });

  it('gives the user without a session, and signs in once the link was followed', async () => {
    const client = createClient(platform.url, 'any-key', {
      auth: { autoRefreshToken: false, persistSession: false },
    });
    const email = `elise-${newId()}@plomberie-tremblay.ca`;
    const { data, error } = await client.auth.signUp({ email, password: PASSWORD });
    expect(error).toBeNull();
    expect(data.session).toBeNull();
    expect(data.user?.confirmation_sent_at).toBeTruthy();
    const [row] = await platform.database.query<{ id: string }>(
      'SELECT id FROM identity.users WHERE email = $1',
      [email],
    );
    expect(data.user?.id).toBe(row?.id);
    const early = await client.auth.signInWithPassword({ email, password: PASSWORD });
    expect(early.error).toMatchObject({ code: 'email_not_confirmed', status: 400 });
    await platform.database.query('UPDATE identity.users SET email_verified_at = now() WHERE email = $1', [
      email,
    ]);
    expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull();
  });
});

/** Everything of an answer but ids, addresses and times. */
function shapeOf(value: unknown): unknown {
  const text = JSON.stringify(value);
  return JSON.parse(
    text
      .replace(/[\w.-]+@[\w.-]+/g, 'address')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time'),
  );
}
