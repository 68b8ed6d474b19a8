import {
  acceptInvitation,
  confirmTotp,
  beginTotp,
  createServiceToken,
  type EmailRequestedV1,
  emailRequestedV1,
  login,
  requestPasswordReset,
  requestVerificationEmail,
  resetPassword,
  type SessionResponse,
  signInByMail,
  verifyApiKey,
  verifyEmail,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { anEmail, callerOf, PASSWORD } from './identity-in-test';
import { codeAt } from './mfa-in-test';
import { invite } from './members-in-test';
import { type Person, SocialInTest } from './social-in-test';

const NEW_PASSWORD = 'another horse battery';
const REFUSED = { status: 401, code: 'INVALID_TOKEN' };

/** Somebody opens an account with another's address and waits inside for its owner. */
describe('an account registered in advance', () => {
  let social: SocialInTest;
  beforeAll(async () => {
    social = await SocialInTest.start();
  });
  afterAll(() => social?.close());

  const ask: SocialInTest['identity']['ask'] = (...args) => social.identity.ask(...args);
  const mailsTo = async (
    email: string,
    template: EmailRequestedV1['template'],
  ): Promise<EmailRequestedV1[]> =>
    (await social.identity.published(emailRequestedV1.type))
      .map(({ payload }) => payload as EmailRequestedV1)
      .filter((mail) => mail.to === email && mail.template === template);
  const tokensOf = (email: string, template: EmailRequestedV1['template'], least = 1): Promise<string[]> =>
    eventually(async () => {
      const tokens = (await mailsTo(email, template)).map(({ link }) => link?.split('token=')[1] ?? '');
      expect(tokens.length).toBeGreaterThanOrEqual(least);
      return tokens;
    });
  const tokenForReset = async (email: string): Promise<string> => {
    const before = (await mailsTo(email, 'reset_password')).length;
    await ask(requestPasswordReset, { email });
    return (await tokensOf(email, 'reset_password', before + 1)).at(-1) ?? '';
  };
  const reset = async (email: string): Promise<void> => {
    await ask(resetPassword, { token: await tokenForReset(email), password: NEW_PASSWORD });
  };

  describe('with an account of a provider that proves no address', () => {
    let attacker: Person;
    let email: string;
    beforeEach(async () => {
      attacker = await social.person();
      email = attacker.email ?? '';
      await social.signIn('facebook', attacker);
    });
    const enter = async (): Promise<SessionResponse> =>
      social.exchange('facebook', (await social.visit('facebook', attacker)).code);

    it('is named by the mail that asks to verify the address', async () => {
      await tokensOf(email, 'verify_email');
      expect(await mailsTo(email, 'verify_email')).toMatchObject([{ provider: 'facebook' }]);
    });

    it('loses it with a reset after the address was verified', async () => {
      const [token = ''] = await tokensOf(email, 'verify_email');
      await ask(verifyEmail, { token });
      await expect(enter()).resolves.toHaveProperty('accessToken');
      await reset(email);
      await expect(enter()).rejects.toMatchObject({ code: 'SIGN_IN_TO_LINK' });
    });
  });

  it('keeps links that proved the address, or came after', async () => {
    const person = await social.person();
    const session = await social.signIn('google', person);
    await social.link('facebook', person, session);
    await reset(person.email ?? '');
    for (const provider of ['google', 'facebook'] as const)
      expect((await social.signIn(provider, person)).user.id).toBe(session.user.id);
  });

  it.each([
    ['a reset of the password', (email: string) => reset(email)],
    [
      'a sign-in by the mailed token',
      async (email: string) =>
        void (await ask(signInByMail, { token: await tokenForReset(email), purpose: 'reset_password' })),
    ],
  ])('holds nothing that lets anybody in after %s', async (_how, prove) => {
    const session = await social.identity.signUp();
    const { email } = session.user;
    const { secret } = await ask(
      createServiceToken,
      { name: 'backdoor', scopes: ['lookup'] },
      callerOf(session),
    );
    const { token } = await invite(social.identity, session, anEmail(), 'admin');
    const totp = await ask(beginTotp, {}, callerOf(session));
    await ask(confirmTotp, { code: codeAt(totp.secret) }, callerOf(session));
    await prove(email);
    await expect(ask(verifyApiKey, { key: secret })).rejects.toMatchObject(REFUSED);
    await expect(
      ask(acceptInvitation, { token, name: 'Marc Roy', password: PASSWORD }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(ask(login, { email, password: PASSWORD })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    await reset(email);
    await expect(ask(login, { email, password: NEW_PASSWORD })).resolves.toHaveProperty('accessToken');
  });

  it.each([
    [
      'a click on one of them',
      async (_email: string, token: string) => void (await ask(verifyEmail, { token })),
    ],
    [
      'a sign-in by one of them',
      async (_email: string, token: string) =>
        void (await ask(signInByMail, { token, purpose: 'verify_email' })),
    ],
    ['a reset of the password', (email: string) => reset(email)],
  ])('has no use for old verification mails after %s', async (_how, prove) => {
    const { user } = await social.identity.signUp();
    await ask(requestVerificationEmail, { email: user.email });
    const [first = '', second = ''] = await tokensOf(user.email, 'verify_email', 2);
    await prove(user.email, first);
    await expect(ask(signInByMail, { token: second, purpose: 'verify_email' })).rejects.toMatchObject(
      REFUSED,
    );
    await expect(ask(verifyEmail, { token: second })).rejects.toMatchObject({ status: 409 });
  });

  it('opens no session by a verification mail that came too late for its work', async () => {
    const { user } = await social.identity.signUp();
    const [token = ''] = await tokensOf(user.email, 'verify_email');
    await social.identity.database.query(
      'UPDATE identity.users SET email_verified_at = now() WHERE id = $1',
      [user.id],
    );
    await expect(ask(signInByMail, { token, purpose: 'verify_email' })).rejects.toMatchObject(REFUSED);
  });
});
