import {
  changePassword,
  type EmailRequestedV1,
  emailRequestedV1,
  getMe,
  login,
  refreshSession,
  register,
  requestPasswordReset,
  requestVerificationEmail,
  resetPassword,
  runAs,
  type SessionResponse,
  sessionRevokedV1,
  tenantCreatedV1,
  updateMe,
  verifyEmail,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { VerificationMails } from '../src/verification/verification-mails.service';
import {
  anEmail,
  callerOf,
  DAY,
  type IdentityInTest,
  PASSWORD,
  startIdentity,
  stopClock,
  stranger,
} from './identity-in-test';

const NEW_PASSWORD = 'another horse battery';

describe('accounts', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: 'https://app.parley.test/' });
  });
  afterAll(async () => {
    await identity?.close();
  });

  const mailsTo = async (email: string): Promise<EmailRequestedV1[]> =>
    (await identity.published(emailRequestedV1.type))
      .map(({ payload }) => payload as EmailRequestedV1)
      .filter(({ to }) => to === email);
  /** The newest token mailed to this address, once there are `count` mails of the kind. */
  const tokenOf = (email: string, template: EmailRequestedV1['template'], count = 1): Promise<string> =>
    eventually(async () => {
      const mails = (await mailsTo(email)).filter((mail) => mail.template === template);
      expect(mails).toHaveLength(count);
      return new URL(mails.at(-1)?.link ?? '').searchParams.get('token') ?? '';
    });
  const resetTokenOf = async (email: string): Promise<string> => {
    await identity.ask(requestPasswordReset, { email });
    return tokenOf(email, 'reset_password');
  };
  const signIn = (email: string, password = PASSWORD): Promise<SessionResponse> =>
    identity.ask(login, { email, password });
  const refresh = ({ refreshToken }: SessionResponse) => identity.ask(refreshSession, { refreshToken });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
  /** Until nothing waits to be looked up any more. */
  const lookedUp = (): Promise<void> =>
    eventually(async () => {
      expect(
        await identity.database.query(
          `SELECT 1 FROM identity_jobs.jobs WHERE task_identifier = 'identity.account-mail'`,
        ),
      ).toEqual([]);
    });

  describe('verification', () => {
    it('is asked for at registration, in the language of the person, with a link into the app', async () => {
      const { user } = await identity.signUp({ locale: 'fr' });
      const token = await tokenOf(user.email, 'verify_email');
      expect(await mailsTo(user.email)).toEqual([
        {
          userId: user.id,
          template: 'verify_email',
          to: user.email,
          locale: 'fr',
          name: user.name,
          link: `https://app.parley.test/verify-email?token=${token}`,
          validMinutes: 1440,
        },
      ]);
    });

    it('works once, and says afterwards that it is done', async () => {
      const { user, ...session } = await identity.signUp();
      const token = await tokenOf(user.email, 'verify_email');
      await expect(identity.ask(verifyEmail, { token })).resolves.toMatchObject({ email: user.email });
      await expect(identity.ask(verifyEmail, { token })).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
      const me = await identity.ask(getMe, {}, callerOf({ user, ...session }));
      expect(me.user.emailVerified).toBe(true);
    });

    it('succeeds for one of many at once', async () => {
      const { user } = await identity.signUp();
      const token = await tokenOf(user.email, 'verify_email');
      const codes = await Promise.all(
        Array.from({ length: 8 }, () => codeOf(identity.ask(verifyEmail, { token }))),
      );
      expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    });

    it('ends with its hours', async () => {
      const { user } = await identity.signUp();
      const token = await tokenOf(user.email, 'verify_email');
      const clock = stopClock();
      try {
        clock.pass(DAY);
        await expect(identity.ask(verifyEmail, { token })).rejects.toMatchObject({
          status: 401,
          code: 'INVALID_TOKEN',
        });
      } finally {
        clock.release();
      }
    });

    it('refuses a token that never was, and one for another purpose', async () => {
      const { user } = await identity.signUp();
      const resetToken = await resetTokenOf(user.email);
      for (const token of ['vt_never', resetToken]) {
        await expect(identity.ask(verifyEmail, { token })).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
      }
    });

    it('can be mailed again, at most five times an hour, and never once verified', async () => {
      const { user } = await identity.signUp();
      const first = await tokenOf(user.email, 'verify_email');
      for (let count = 2; count <= 5; count++) {
        await identity.ask(requestVerificationEmail, { email: user.email.toUpperCase() });
        await tokenOf(user.email, 'verify_email', count);
      }
      await identity.ask(requestVerificationEmail, { email: user.email });
      await lookedUp();
      await identity.ask(verifyEmail, { token: first });
      await identity.ask(requestVerificationEmail, { email: user.email });
      await lookedUp();
      expect(await mailsTo(user.email)).toHaveLength(5);
    });

    it('keeps no token that could be used', async () => {
      const { user } = await identity.signUp();
      const token = await tokenOf(user.email, 'verify_email');
      const rows = await identity.database.query<{ row: string }>(
        `SELECT encode(token_hash, 'escape') AS row FROM identity.verification_tokens`,
      );
      expect(rows.map(({ row }) => row).join()).not.toContain(token);
    });

    it('forgets tokens a week after their end', async () => {
      const { user } = await identity.signUp();
      await tokenOf(user.email, 'verify_email');
      const count = async () =>
        (
          await identity.database.query(`SELECT 1 FROM identity.verification_tokens WHERE user_id = $1`, [
            user.id,
          ])
        ).length;
      const clock = stopClock();
      const sweep = () => runAs(stranger(), () => identity.service.get(VerificationMails).sweep());
      try {
        clock.pass(7 * DAY);
        await sweep();
        expect(await count()).toBe(1);
        clock.pass(DAY + 1);
        await sweep();
        expect(await count()).toBe(0);
      } finally {
        clock.release();
      }
    });
  });

  describe('password reset', () => {
    it('sets the password, ends every session, verifies the address and tells its owner', async () => {
      const registered = await identity.signUp();
      const { user } = registered;
      const elsewhere = await signIn(user.email);
      const token = await resetTokenOf(user.email);
      await identity.ask(resetPassword, { token, password: NEW_PASSWORD });
      for (const session of [registered, elsewhere])
        expect(await codeOf(refresh(session))).toBe('INVALID_TOKEN');
      const told = (await identity.published(sessionRevokedV1.type)).filter(
        ({ payload }) => (payload as { userId: string }).userId === user.id,
      );
      expect(told.map(({ payload }) => (payload as { reason: string }).reason)).toEqual([
        'password_reset',
        'password_reset',
      ]);
      expect(await codeOf(signIn(user.email))).toBe('INVALID_CREDENTIALS');
      const session = await signIn(user.email, NEW_PASSWORD);
      expect(session.user.emailVerified).toBe(true);
      expect((await mailsTo(user.email)).at(-1)).toMatchObject({ template: 'password_changed' });
    });

    it('happens once for one of many at once', async () => {
      const { user } = await identity.signUp();
      const token = await resetTokenOf(user.email);
      const passwords = Array.from({ length: 5 }, (_each, n) => `${NEW_PASSWORD} ${n}`);
      const codes = await Promise.all(
        passwords.map((password) => codeOf(identity.ask(resetPassword, { token, password }))),
      );
      expect(codes.filter((code) => code === 'done')).toHaveLength(1);
      const winner = passwords[codes.indexOf('done')] ?? '';
      await expect(signIn(user.email, winner)).resolves.toHaveProperty('accessToken');
    });

    it('lifts a lock', async () => {
      const { user } = await identity.signUp();
      for (let n = 0; n < 5; n++) await codeOf(signIn(user.email, 'not the password'));
      expect(await codeOf(signIn(user.email))).toBe('ACCOUNT_LOCKED');
      const token = await resetTokenOf(user.email);
      await identity.ask(resetPassword, { token, password: NEW_PASSWORD });
      await expect(signIn(user.email, NEW_PASSWORD)).resolves.toHaveProperty('accessToken');
    });

    it('refuses a password made of the name, in the language of the person', async () => {
      const refused = async (locale: 'en' | 'fr') =>
        identity
          .ask(register, { email: anEmail(), password: 'Tremblay-2026', name: 'Élise Tremblay' }, { locale })
          .catch(({ details }: { details: unknown }) => details);
      expect(await refused('en')).toEqual([
        { field: 'password', message: 'must not be built from your e-mail address or name' },
      ]);
      expect(await refused('fr')).toEqual([
        { field: 'password', message: 'ne doit pas être formé de votre adresse courriel ou de votre nom' },
      ]);
    });

    it('refuses a weak password and leaves the link good', async () => {
      const { user } = await identity.signUp();
      const token = await resetTokenOf(user.email);
      await expect(identity.ask(resetPassword, { token, password: 'motdepasse123' })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        details: [{ field: 'password', message: 'est trop courant' }],
      });
      await identity.ask(resetPassword, { token, password: NEW_PASSWORD });
    });

    it('ends with its hour', async () => {
      const { user } = await identity.signUp();
      const token = await resetTokenOf(user.email);
      const clock = stopClock();
      try {
        clock.pass(3600);
        expect(await codeOf(identity.ask(resetPassword, { token, password: NEW_PASSWORD }))).toBe(
          'INVALID_TOKEN',
        );
      } finally {
        clock.release();
      }
    });

    it('makes the other links of this kind useless', async () => {
      const { user } = await identity.signUp();
      const older = await resetTokenOf(user.email);
      await identity.ask(requestPasswordReset, { email: user.email });
      const newer = await tokenOf(user.email, 'reset_password', 2);
      await identity.ask(resetPassword, { token: newer, password: NEW_PASSWORD });
      expect(await codeOf(identity.ask(resetPassword, { token: older, password: PASSWORD }))).toBe(
        'INVALID_TOKEN',
      );
    });

    it('mails nobody who has no account or is suspended, and answers the same', async () => {
      const { user } = await identity.signUp();
      await identity.database.query(`UPDATE identity.users SET status = 'suspended' WHERE id = $1`, [
        user.id,
      ]);
      const nobody = anEmail();
      const answers = await Promise.all(
        [user.email, nobody].map((email) => identity.ask(requestPasswordReset, { email })),
      );
      expect(answers).toEqual([{}, {}]);
      await lookedUp();
      expect(await mailsTo(nobody)).toEqual([]);
      expect((await mailsTo(user.email)).map(({ template }) => template)).toEqual(['verify_email']);
    });
  });

  describe('changing the password', () => {
    const change = (session: SessionResponse, currentPassword: string, newPassword = NEW_PASSWORD) =>
      identity.ask(changePassword, { currentPassword, newPassword }, callerOf(session));

    it('ends the other sessions and keeps this one', async () => {
      const here = await identity.signUp();
      const elsewhere = await signIn(here.user.email);
      await change(here, PASSWORD);
      await expect(refresh(here)).resolves.toHaveProperty('accessToken');
      expect(await codeOf(refresh(elsewhere))).toBe('INVALID_TOKEN');
      const told = (await identity.published(sessionRevokedV1.type)).filter(
        ({ meta }) => meta.subject === callerOf(elsewhere).sessionId,
      );
      expect(told.map(({ payload }) => payload)).toEqual([
        expect.objectContaining({ userId: here.user.id, reason: 'password_changed' }),
      ]);
      expect((await mailsTo(here.user.email)).at(-1)).toMatchObject({ template: 'password_changed' });
      expect(await codeOf(signIn(here.user.email))).toBe('INVALID_CREDENTIALS');
      await expect(signIn(here.user.email, NEW_PASSWORD)).resolves.toHaveProperty('accessToken');
    });

    it('needs the current one, and counts guesses at it as guesses', async () => {
      const session = await identity.signUp();
      const codes: string[] = [];
      for (let n = 0; n < 6; n++) codes.push(await codeOf(change(session, 'not the password')));
      expect(codes).toEqual([...Array<string>(5).fill('INVALID_CREDENTIALS'), 'ACCOUNT_LOCKED']);
      expect(await codeOf(change(session, PASSWORD))).toBe('ACCOUNT_LOCKED');
    });

    it('is not for whoever acts as somebody else', async () => {
      const session = await identity.signUp();
      const caller = { ...callerOf(session), impersonatorId: session.user.id };
      const request = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      expect(await codeOf(identity.ask(changePassword, request, caller))).toBe('FORBIDDEN');
    });

    it('names the field of a weak one, and nobody without a session', async () => {
      const session = await identity.signUp();
      await expect(change(session, PASSWORD, session.user.email)).rejects.toMatchObject({
        details: [
          {
            field: 'newPassword',
            message: 'ne doit pas être formé de votre adresse courriel ou de votre nom',
          },
        ],
      });
      expect(
        await codeOf(identity.ask(changePassword, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })),
      ).toBe('INVALID_TOKEN');
    });
  });

  describe('the profile', () => {
    it('changes by what is given', async () => {
      const session = await identity.signUp({ locale: 'fr' });
      const caller = callerOf(session);
      const renamed = await identity.ask(updateMe, { name: '  Élise Roy ' }, caller);
      const updatedAt = expect.any(String) as string;
      expect(renamed.user).toEqual({ ...session.user, name: 'Élise Roy', updatedAt });
      expect(renamed.user.updatedAt > session.user.updatedAt).toBe(true);
      const moved = await identity.ask(updateMe, { locale: 'en' }, caller);
      expect(moved.user).toEqual({ ...session.user, name: 'Élise Roy', locale: 'en', updatedAt });
      expect(await identity.ask(getMe, {}, caller)).toEqual(moved);
    });

    it('has a phone number that can be set, kept and removed', async () => {
      const caller = callerOf(await identity.signUp());
      const phoneAfter = async (fields: { phone?: string | null; name?: string }) =>
        (await identity.ask(updateMe, fields, caller)).user.phone;
      expect((await identity.ask(getMe, {}, caller)).user.phone).toBeNull();
      expect(await phoneAfter({ phone: '(514) 555-0100' })).toBe('+15145550100');
      expect(await phoneAfter({ name: 'Élise Roy' })).toBe('+15145550100');
      expect(await codeOf(phoneAfter({ phone: 'call me' }))).toBe('VALIDATION_FAILED');
      expect(await phoneAfter({ phone: null })).toBeNull();
    });

    it('takes no blank name and no third language', async () => {
      const caller = callerOf(await identity.signUp());
      for (const fields of [{ name: '   ' }, { locale: 'de' as 'en' }]) {
        expect(await codeOf(identity.ask(updateMe, fields, caller))).toBe('VALIDATION_FAILED');
      }
    });
  });
});

describe('sign-in, which waits for verification unless told otherwise', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity({ REQUIRE_VERIFIED_EMAIL: '' });
  });
  afterAll(async () => {
    await identity?.close();
  });

  const mailsTo = async (email: string): Promise<EmailRequestedV1[]> =>
    (await identity.published(emailRequestedV1.type))
      .map(({ payload }) => payload as EmailRequestedV1)
      .filter(({ to }) => to === email);
  const PERSON = { password: PASSWORD, name: 'Élise', company: 'Plomberie Tremblay', locale: 'en' as const };
  const registerAs = (email: string, password = PASSWORD) =>
    identity.ask(register, { ...PERSON, email, password });

  it('tells nobody that an address has an account: the same answer, and a mail to its owner', async () => {
    const [known, unknown] = [anEmail(), anEmail()];
    await identity.ask(register, { email: known, password: PASSWORD, name: 'Marc Roy', locale: 'fr' });
    const before = await identity.database.query('SELECT * FROM identity.users WHERE email = $1', [known]);
    const answers = [await registerAs(known.toUpperCase(), 'a stranger battery'), await registerAs(unknown)];
    const [ofKnown, ofUnknown] = answers.map(
      (answer) =>
        JSON.parse(
          JSON.stringify(answer)
            .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
            .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
            .replace(/(plomberie-tremblay)-\w+/g, '$1-x')
            .replace(new RegExp(`${known}|${unknown}`, 'g'), 'address'),
        ) as unknown,
    );
    expect(ofKnown).toEqual(ofUnknown);

    await eventually(async () =>
      expect((await mailsTo(known)).at(-1)).toEqual({
        userId: (before[0] as { id: string }).id,
        template: 'registration_attempted',
        to: known,
        locale: 'fr',
        name: 'Marc Roy',
        link: expect.stringContaining('/reset-password?token=') as string,
        validMinutes: 60,
        signInLink: 'http://localhost:5173/login',
      }),
    );
    expect((await mailsTo(unknown)).map(({ template }) => template)).toEqual(['verify_email']);
    const after = await identity.database.query('SELECT * FROM identity.users WHERE email = $1', [known]);
    expect(after).toEqual(before);
    const pretended = await identity.database.query(
      `SELECT 1 FROM identity.users WHERE email LIKE '%registration.invalid'`,
    );
    expect(pretended).toEqual([]);
    const made = (await identity.published(tenantCreatedV1.type)).length;
    expect(await identity.database.query('SELECT 1 FROM identity.tenants')).toHaveLength(made);
  });

  it('mails the owner at most five times an hour, and answers on', async () => {
    const email = anEmail();
    await registerAs(email);
    for (let n = 1; n <= 7; n++) {
      await expect(registerAs(email)).resolves.toMatchObject({ status: 'verification_required' });
      await eventually(async () =>
        expect(
          await identity.database.query(
            `SELECT 1 FROM identity_jobs.jobs WHERE task_identifier = 'identity.account-mail'`,
          ),
        ).toEqual([]),
      );
    }
    const told = (await mailsTo(email)).filter(({ template }) => template === 'registration_attempted');
    expect(told).toHaveLength(5);
  });

  it('opens the account without tokens, and lets in whoever followed the link', async () => {
    const email = anEmail();
    const refusal = { status: 403, code: 'EMAIL_NOT_VERIFIED' };
    const answer = await identity.ask(register, { email, password: PASSWORD, name: 'Élise' });
    expect(answer).toEqual({
      status: 'verification_required',
      user: expect.objectContaining({ email, emailVerified: false }) as unknown,
      tenant: expect.objectContaining({ name: 'Élise', role: 'owner' }) as unknown,
    });
    await expect(identity.ask(login, { email, password: PASSWORD })).rejects.toMatchObject(refusal);
    await expect(identity.ask(login, { email, password: 'not the password' })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    const [mail] = await mailsTo(email);
    await identity.ask(verifyEmail, { token: new URL(mail?.link ?? '').searchParams.get('token') ?? '' });
    await expect(identity.ask(login, { email, password: PASSWORD })).resolves.toMatchObject({
      user: { email, emailVerified: true },
    });
  });
});
