import {
  emailRequestedV1,
  type EmailRequestedV1,
  getMe,
  login,
  requestPasswordReset,
  type SessionResponse,
  setPassword,
  signInByMail,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity, stopClock } from './identity-in-test';

const NEW_PASSWORD = 'another horse battery';

describe('sign-in by a mailed token', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(() => identity?.close());

  const tokenOf = (email: string, template: EmailRequestedV1['template']): Promise<string> =>
    eventually(async () => {
      const mails = (await identity.published(emailRequestedV1.type)).map(
        ({ payload }) => payload as EmailRequestedV1,
      );
      const link = mails.find((mail) => mail.to === email && mail.template === template)?.link;
      const token = link?.split('token=')[1];
      if (!token) throw new Error(`no ${template} yet`);
      return token;
    });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
  const set = (session: SessionResponse) =>
    codeOf(identity.ask(setPassword, { newPassword: NEW_PASSWORD }, callerOf(session)));

  it('opens one session per token, and proves the address', async () => {
    const { user } = await identity.signUp();
    const token = await tokenOf(user.email, 'verify_email');
    const both = await Promise.allSettled(
      [1, 2].map(() => identity.ask(signInByMail, { token, purpose: 'verify_email' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [opened] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (!opened) throw new Error('nobody got in');
    expect(opened.user.emailVerified).toBe(true);
    expect((await identity.ask(getMe, {}, callerOf(opened))).user.id).toBe(user.id);
  });

  it('takes a token for what it was mailed for only', async () => {
    const { user } = await identity.signUp();
    const token = await tokenOf(user.email, 'verify_email');
    const ask = (purpose: 'verify_email' | 'reset_password') =>
      codeOf(identity.ask(signInByMail, { token, purpose }));
    expect(await ask('reset_password')).toBe('INVALID_TOKEN');
    expect(await ask('verify_email')).toBe('done');
    expect(await codeOf(identity.ask(signInByMail, { token: 'vt_x', purpose: 'verify_email' }))).toBe(
      'INVALID_TOKEN',
    );
  });

  it('lets a suspended person in neither way, and leaves the token', async () => {
    const { user } = await identity.signUp();
    const token = await tokenOf(user.email, 'verify_email');
    const suspend = (status: string) =>
      identity.database.query('UPDATE identity.users SET status = $2 WHERE id = $1', [user.id, status]);
    await suspend('suspended');
    const ask = () => codeOf(identity.ask(signInByMail, { token, purpose: 'verify_email' }));
    expect(await ask()).toBe('ACCOUNT_SUSPENDED');
    await suspend('active');
    expect(await ask()).toBe('done');
  });

  it('sets a new password right after, and ends the other sessions', async () => {
    const before = await identity.signUp();
    const { email } = before.user;
    await identity.ask(requestPasswordReset, { email });
    const token = await tokenOf(email, 'reset_password');
    const session = await identity.ask(signInByMail, { token, purpose: 'reset_password' });
    expect(await set(session)).toBe('done');
    const [row] = await identity.database.query<{ living: string }>(
      'SELECT count(*) AS living FROM identity.auth_sessions WHERE user_id = $1 AND revoked_at IS NULL',
      [before.user.id],
    );
    expect(Number(row?.living)).toBe(1);
    expect(await codeOf(identity.ask(login, { email, password: PASSWORD }))).toBe('INVALID_CREDENTIALS');
    expect(await codeOf(identity.ask(login, { email, password: NEW_PASSWORD }))).toBe('done');
  });

  it('wants a fresh sign-in for that: not after ten minutes, not in another session, not for somebody else', async () => {
    const clock = stopClock();
    try {
      const session = await identity.signUp();
      const caller = callerOf(session);
      const request = { newPassword: NEW_PASSWORD };
      const other = await identity.signUp();
      expect(
        await codeOf(identity.ask(setPassword, request, { ...caller, impersonatorId: other.user.id })),
      ).toBe('FORBIDDEN');
      const { sessionId = '' } = callerOf(other);
      expect(await codeOf(identity.ask(setPassword, request, { ...caller, sessionId }))).toBe(
        'REAUTHENTICATION_NEEDED',
      );
      clock.pass(601);
      expect(await set(session)).toBe('REAUTHENTICATION_NEEDED');
    } finally {
      clock.release();
    }
  });
});
