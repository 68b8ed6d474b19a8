import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import type { Mail } from '../apps/sandbox/src';
import { type Answer, TestPlatform } from './support/platform';

interface ErrorBody {
  error: { code: string };
}
interface Session {
  accessToken: string;
  refreshToken: string;
  user: { id: string; emailVerified: boolean; locale: string; name: string };
}

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'another horse battery';

describe('accounts by mail, through the whole platform', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await TestPlatform.start({ RATE_LIMIT_AUTH: '100000', APP_URL: 'https://app.parley.test' });
  });
  afterAll(() => platform?.close());

  const anAddress = (): string => `elise-${newId()}@plomberie-tremblay.ca`;
  const register = async (fields: object = {}): Promise<string> => {
    const email = anAddress();
    const body = { email, password: PASSWORD, name: 'Élise <b>', ...fields };
    const answer = await platform.call<object>('POST', '/v1/auth/register', { body });
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        status: 'verification_required',
        user: expect.objectContaining({ email, emailVerified: false }) as unknown,
        tenant: expect.objectContaining({ kind: 'personal' }) as unknown,
      },
    ]);
    return email;
  };
  const registerAndSignIn = async (): Promise<{ email: string; session: Session }> => {
    const email = await register();
    await verify(tokenIn(await mailAbout(email, 'verify-email')));
    return { email, session: (await signIn(email, PASSWORD)).body };
  };
  const mailbox = async (email: string): Promise<Mail[]> => {
    const response = await fetch(`${platform.sandbox.url}/mailbox?to=${encodeURIComponent(email)}`);
    return ((await response.json()) as { mails: Mail[] }).mails;
  };
  const mailAbout = (email: string, page: string): Promise<Mail> =>
    eventually(async () => {
      const mail = (await mailbox(email)).find(({ text }) => text?.includes(`/${page}?token=`));
      if (!mail) throw new Error(`no mail about ${page} yet`);
      return mail;
    });
  const tokenIn = ({ text }: Mail): string => /token=([\w-]+)/.exec(text ?? '')?.[1] ?? '';
  const verify = (token: string) => platform.call<ErrorBody>('GET', `/v1/auth/verify-email?token=${token}`);
  const signIn = (email: string, password: string) =>
    platform.call<Session>('POST', '/v1/auth/login', { body: { email, password } });
  const askForReset = (email: string) =>
    platform.call('POST', '/v1/auth/password-resets', { body: { email } });

  it('verifies an address once; sign-in waits for it', async () => {
    const email = await register({ locale: 'en' });
    const early = await platform.call<ErrorBody>('POST', '/v1/auth/login', {
      body: { email, password: PASSWORD },
    });
    expect([early.status, early.body.error.code]).toEqual([403, 'EMAIL_NOT_VERIFIED']);
    const mail = await mailAbout(email, 'verify-email');
    expect(mail.subject).toBe('Confirm your e-mail address');
    expect(mail.html).toContain('Élise &lt;b&gt;');
    const token = tokenIn(mail);
    expect((await verify(token)).status).toBe(200);
    const again = await verify(token);
    expect([again.status, again.body.error.code]).toEqual([409, 'STATE_CONFLICT']);
    expect((await signIn(email, PASSWORD)).body.user.emailVerified).toBe(true);
  });

  it('lets exactly one of two uses at once through', async () => {
    const email = await register();
    const token = tokenIn(await mailAbout(email, 'verify-email'));
    const statuses = await Promise.all(
      [verify(token), verify(token)].map(async (each) => (await each).status),
    );
    expect(statuses.sort()).toEqual([200, 409]);
  });

  it('writes in French to who speaks French, on the paths of design 003', async () => {
    const email = anAddress();
    const body = { email, password: PASSWORD, name: 'Élise', locale: 'fr' };
    expect((await platform.call('POST', '/api/auth/register', { body })).status).toBe(201);
    const mail = await mailAbout(email, 'verify-email');
    expect(mail.subject).toBe('Confirmez votre adresse courriel');
    expect(mail.text).toContain('24\u00a0heures');
    const answer = await platform.call('GET', `/api/auth/verify-email?token=${tokenIn(mail)}`);
    expect([answer.status, answer.headers.get('deprecation')]).toEqual([200, 'true']);
  });

  it('ends every session with a reset, access tokens at the gateway included', async () => {
    const { email, session } = await registerAndSignIn();
    expect((await askForReset(email)).status).toBe(202);
    const token = tokenIn(await mailAbout(email, 'reset-password'));
    const body = { token, password: NEW_PASSWORD };
    expect((await platform.call('PUT', '/v1/auth/password-resets', { body })).status).toBe(204);
    const { refreshToken, accessToken } = session;
    const refreshed = await platform.call('POST', '/v1/auth/refresh', { body: { refreshToken } });
    expect(refreshed.status).toBe(401);
    await eventually(async () => {
      expect((await platform.call('GET', '/v1/users/me', { token: accessToken })).status).toBe(401);
    });
    expect((await signIn(email, PASSWORD)).status).toBe(401);
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
    const used = await platform.call<ErrorBody>('PUT', '/v1/auth/password-resets', { body });
    expect([used.status, used.body.error.code]).toEqual([401, 'INVALID_TOKEN']);
    await eventually(async () => {
      const subjects = (await mailbox(email)).map(({ subject }) => subject);
      expect(subjects.some((subject) => /password was changed|a été modifié/.test(subject))).toBe(true);
    });
  });

  it.each(['/v1/auth/password-resets', '/v1/auth/verification-emails'])(
    'answers %s for an unknown address as for a known one',
    async (path) => {
      const email = await register();
      const seen = ({ status, body, headers }: Answer) => ({
        status,
        body,
        type: headers.get('content-type'),
        length: headers.get('content-length'),
      });
      const known = seen(await platform.call('POST', path, { body: { email } }));
      const unknown = anAddress();
      expect(seen(await platform.call('POST', path, { body: { email: unknown } }))).toEqual(known);
      expect(known).toMatchObject({ status: 202, body: '' });
      await mailAbout(email, path.includes('reset') ? 'reset-password' : 'verify-email');
      expect(await mailbox(unknown)).toEqual([]);
    },
  );

  it('changes the password on the path of design 004, and the profile on that of 003', async () => {
    const { email, session } = await registerAndSignIn();
    const other = (await signIn(email, PASSWORD)).body;
    const token = session.accessToken;
    const profile = await platform.call<Session['user']>('PUT', '/api/users/me', {
      token,
      body: { name: 'Roy', phone: '(514) 555-0100', locale: 'fr' },
    });
    expect([profile.status, profile.body]).toMatchObject([
      200,
      { name: 'Roy', phone: '+15145550100', locale: 'fr' },
    ]);
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await platform.call('POST', '/api/change-password', { token, body })).status).toBe(204);
    expect((await platform.call('GET', '/auth/profile', { token })).status).toBe(200);
    await eventually(async () => {
      expect((await platform.call('GET', '/v1/users/me', { token: other.accessToken })).status).toBe(401);
    });
  });

  it('keeps the door of password changes shut to strangers', async () => {
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await platform.call('PUT', '/v1/users/me/password', { body })).status).toBe(401);
    expect((await platform.call('PATCH', '/v1/users/me', { body: { name: 'x' } })).status).toBe(401);
  });
});
