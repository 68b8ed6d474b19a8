import {
  acceptInvitation,
  apiKeyRevokedV1,
  createServiceToken,
  finishSocial,
  linkSocialAccount,
  listSocialAccounts,
  login,
  newId,
  refreshSession,
  resetPassword,
  requestPasswordReset,
  type SessionResponse,
  signInSocially,
  type SocialProviderName,
  unlinkSocialAccount,
  emailRequestedV1,
  type EmailRequestedV1,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { invite } from './members-in-test';
import { callerOf, PASSWORD, startIdentity, stopClock } from './identity-in-test';
import { aGmail, PAGE, type Person, SocialInTest } from './social-in-test';

const SIGN_IN_TO_LINK = { status: 409, code: 'SIGN_IN_TO_LINK' };
const REFUSED = { status: 401, code: 'INVALID_TOKEN' };

describe('social accounts', () => {
  let social: SocialInTest;
  beforeAll(async () => {
    social = await SocialInTest.start();
  });
  afterAll(() => social?.close());

  /** Somebody with a password here and an account elsewhere, under one address. */
  const registered = async (
    fields: { verified?: boolean; email?: string; hd?: string } = {},
  ): Promise<{ session: SessionResponse; person: Person; email: string }> => {
    const { verified = true, email = aGmail(), hd } = fields;
    const session = await social.identity.signUp({ email });
    if (verified) await social.verify(session);
    return { session, person: await social.person({ email, ...(hd ? { hd } : {}) }), email };
  };
  const linksOf = async (session: SessionResponse): Promise<string[]> =>
    (await social.identity.ask(listSocialAccounts, {}, callerOf(session))).data.map(
      ({ provider }) => provider,
    );
  const unlink = (session: SessionResponse, provider: SocialProviderName) =>
    social.identity.ask(unlinkSocialAccount, { provider }, callerOf(session));
  const signInByPassword = (email: string) => social.identity.ask(login, { email, password: PASSWORD });
  const isAlive = ({ refreshToken }: SessionResponse): Promise<boolean> =>
    social.identity.ask(refreshSession, { refreshToken }).then(
      () => true,
      () => false,
    );

  describe('joined by address', () => {
    it.each([
      ['gmail.com', { email: aGmail() }],
      ['a Workspace domain', { email: `zoe-${newId()}@plomberie.example`, hd: 'plomberie.example' }],
    ])('happens where Google runs the mailbox: %s', async (_which, fields) => {
      const { session, person, email } = await registered(fields);
      const { user, tenant } = await social.signIn('google', person);
      expect([user.id, tenant.id]).toEqual([session.user.id, session.tenant.id]);
      expect(await linksOf(session)).toEqual(['google']);
      expect(await isAlive(session)).toBe(true);
      await expect(signInByPassword(email)).resolves.toHaveProperty('accessToken');
    });

    it.each([
      ['google', 'an address that Google verified once', 'zoe@elsewhere.example', undefined],
      ['google', 'an address that Google did not verify', undefined, 'unverified-email'],
      ['linkedin', 'an address that LinkedIn verified', undefined, undefined],
      ['facebook', 'an address that Facebook tells', undefined, undefined],
    ] as const)('does not happen by %s: %s', async (provider, _what, domain, fault) => {
      const { session, person } = await registered({ email: domain ? `${newId()}.${domain}` : aGmail() });
      const { code } = await social.visit(provider, person, fault ? { fault } : {});
      await expect(social.exchange(provider, code)).rejects.toMatchObject(SIGN_IN_TO_LINK);
      expect(await linksOf(session)).toEqual([]);
    });

    it('does not replace the Google account that is linked already', async () => {
      const { session, person, email } = await registered();
      await social.signIn('google', person);
      const namesake = await social.person({ email });
      const { code } = await social.visit('google', namesake);
      await expect(social.exchange('google', code)).rejects.toMatchObject(SIGN_IN_TO_LINK);
      expect((await social.signIn('google', person)).user.id).toBe(session.user.id);
    });

    it('is refused to the suspended, and so is sign-in', async () => {
      const suspended = { status: 403, code: 'ACCOUNT_SUSPENDED' };
      const { session, person } = await registered();
      const suspend = (status: string) =>
        social.identity.database.query('UPDATE identity.users SET status = $2 WHERE id = $1', [
          session.user.id,
          status,
        ]);
      await suspend('suspended');
      const { code } = await social.visit('google', person);
      await expect(social.exchange('google', code)).rejects.toMatchObject(suspended);
      await suspend('active');
      expect(await linksOf(session)).toEqual([]);
      await social.signIn('google', person);
      await suspend('suspended');
      const { code: later } = await social.visit('google', person);
      await expect(social.exchange('google', later)).rejects.toMatchObject(suspended);
    });
  });

  describe('of an account registered in advance by somebody else', () => {
    it('go to the owner of the address, after every other way in is shut', async () => {
      const { session, person, email } = await registered({ verified: false });
      const attacker = await social.person();
      await social.link('facebook', attacker, session);
      const { secret } = await social.identity.ask(
        createServiceToken,
        { name: 'backdoor', scopes: ['calls:read'] },
        callerOf(session),
      );
      expect(secret).toBeTruthy();
      const victim = await social.signIn('google', person);
      expect(victim.user).toMatchObject({ id: session.user.id, emailVerified: true });
      expect(await isAlive(session)).toBe(false);
      await expect(signInByPassword(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(await linksOf(victim)).toEqual(['google']);
      const facebook = await social.signIn('facebook', attacker);
      expect(facebook.user.id).not.toBe(session.user.id);
      const revoked = await social.identity.published(apiKeyRevokedV1.type);
      expect(revoked.filter(({ meta }) => meta.tenantId === session.tenant.id)).toHaveLength(1);
      const told = await social.identity.database.query(
        `SELECT after FROM identity.audit_logs WHERE tenant_id = $1 AND action = 'account.claimed'`,
        [session.tenant.id],
      );
      expect(told).toEqual([{ after: { sessionsEnded: 1, apiKeysRevoked: 1 } }]);
    });

    it('leave no linking behind that was on its way', async () => {
      const { session, person } = await registered({ verified: false });
      const { code } = await social.visit(
        'facebook',
        await social.person(),
        { link: true },
        callerOf(session),
      );
      await social.signIn('google', person);
      const request = { provider: 'facebook', code, redirectUri: PAGE } as const;
      await expect(social.identity.ask(linkSocialAccount, request, callerOf(session))).rejects.toMatchObject({
        status: 401,
      });
    });

    it('stay apart when others were let in: who they are is not for us to say', async () => {
      const { session, person } = await registered({ verified: false });
      const { token } = await invite(social.identity, session, `accomplice-${newId()}@example.com`);
      await social.identity.ask(acceptInvitation, { token, name: 'Accomplice', password: PASSWORD });
      const { code } = await social.visit('google', person);
      await expect(social.exchange('google', code)).rejects.toMatchObject(SIGN_IN_TO_LINK);
      expect(await isAlive(session)).toBe(true);
    });

    it('void the invitations that wait', async () => {
      const { session, person } = await registered({ verified: false });
      const { token } = await invite(social.identity, session, `later-${newId()}@example.com`);
      await social.signIn('google', person);
      await expect(
        social.identity.ask(acceptInvitation, { token, name: 'Late', password: PASSWORD }),
      ).rejects.toMatchObject({ status: 404 });
    });

    it('hold against the attacker who signs in at the same time', async () => {
      for (let round = 0; round < 4; round++) {
        const { session, person, email } = await registered({ verified: false });
        const { code } = await social.visit('google', person);
        const [taken, stolen] = await Promise.allSettled([
          social.exchange('google', code),
          signInByPassword(email),
        ]);
        expect(taken.status).toBe('fulfilled');
        if (stolen.status === 'fulfilled') expect(await isAlive(stolen.value)).toBe(false);
        expect(await isAlive(session)).toBe(false);
      }
    });

    it('go when the owner of the address resets the password instead', async () => {
      const email = `victim-${newId()}@example.com`;
      const attacker = await social.person({ email });
      const session = await social.signIn('facebook', attacker);
      await social.identity.ask(requestPasswordReset, { email });
      const link = await eventually(async () => {
        const mails = await social.identity.published(emailRequestedV1.type);
        const payloads = mails.map(({ payload }) => payload as EmailRequestedV1);
        const mail = payloads.find(({ to, template }) => to === email && template === 'reset_password');
        if (!mail?.link) throw new Error('no mail yet');
        return mail.link;
      });
      const token = new URL(link).searchParams.get('token') ?? '';
      await social.identity.ask(resetPassword, { token, password: PASSWORD });
      expect((await signInByPassword(email)).user.id).toBe(session.user.id);
      const { code } = await social.visit('facebook', attacker);
      await expect(social.exchange('facebook', code)).rejects.toMatchObject(SIGN_IN_TO_LINK);
    });
  });

  describe('linked by their owner', () => {
    it('sign in to the account whatever their address is', async () => {
      const { session } = await registered();
      const person = await social.person({ email: null });
      const linked = await social.link('facebook', person, session);
      expect(linked).toEqual({
        data: [{ provider: 'facebook', email: null, linkedAt: expect.any(String), lastUsedAt: null }],
        hasPassword: true,
      });
      expect((await social.signIn('facebook', person)).user.id).toBe(session.user.id);
      expect((await social.link('facebook', person, session)).data).toHaveLength(1);
    });

    it('belong to one account only, one of a provider', async () => {
      const person = await social.person();
      const { session: owner } = await registered();
      await social.link('linkedin', person, owner);
      const { session: other } = await registered();
      await expect(social.link('linkedin', person, other)).rejects.toMatchObject({
        status: 409,
        code: 'DUPLICATE',
      });
      await expect(social.link('linkedin', await social.person(), owner)).rejects.toMatchObject({
        status: 409,
        code: 'STATE_CONFLICT',
      });
    });

    it('need a flow that this very person began signed in', async () => {
      const { session } = await registered();
      const { session: other } = await registered();
      const request = async (options: object, caller = {}) => ({
        provider: 'google' as const,
        redirectUri: PAGE,
        code: (await social.visit('google', await social.person(), options, caller)).code,
      });
      const slipped = await request({});
      await expect(social.identity.ask(linkSocialAccount, slipped, callerOf(session))).rejects.toMatchObject(
        REFUSED,
      );
      const foreign = await request({ link: true }, callerOf(other));
      await expect(social.identity.ask(linkSocialAccount, foreign, callerOf(session))).rejects.toMatchObject(
        REFUSED,
      );
      const own = await request({ link: true }, callerOf(session));
      await expect(social.identity.ask(signInSocially, own)).rejects.toMatchObject(REFUSED);
      await expect(social.start('google', { link: true })).rejects.toMatchObject({ status: 401 });
      expect(await linksOf(session)).toEqual([]);
    });

    it('need a fresh sign-in, in person', async () => {
      const { session } = await registered();
      const clock = stopClock();
      try {
        clock.pass(16 * 60);
        await expect(social.start('google', { link: true }, callerOf(session))).rejects.toMatchObject({
          status: 403,
          code: 'REAUTHENTICATION_REQUIRED',
        });
      } finally {
        clock.release();
      }
      const acting = { ...callerOf(session), impersonatorId: newId() };
      await expect(social.start('google', { link: true }, acting)).rejects.toMatchObject({ status: 403 });
      await expect(
        social.identity.ask(unlinkSocialAccount, { provider: 'google' }, acting),
      ).rejects.toMatchObject({ status: 403 });
    });

    it('go to one of two accounts that link them at once', async () => {
      const person = await social.person();
      const sessions = [(await registered()).session, (await registered()).session];
      const outcomes = await Promise.allSettled(
        sessions.map((session) => social.link('google', person, session)),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });
  });

  describe('unlinked', () => {
    it('are strangers again', async () => {
      const { session, person } = await registered();
      await social.link('linkedin', person, session);
      await unlink(session, 'linkedin');
      expect(await linksOf(session)).toEqual([]);
      const { code } = await social.visit('linkedin', person);
      await expect(social.exchange('linkedin', code)).rejects.toMatchObject(SIGN_IN_TO_LINK);
      await expect(unlink(session, 'linkedin')).rejects.toMatchObject({ status: 404 });
      const actions = await social.identity.database.query<{ action: string }>(
        `SELECT action FROM identity.audit_logs WHERE tenant_id = $1 AND resource_type = 'user' ORDER BY seq`,
        [session.tenant.id],
      );
      expect(actions.map(({ action }) => action)).toEqual([
        'social-account.linked',
        'social-account.unlinked',
      ]);
    });

    it('never leave nothing to sign in with, not even two at once', async () => {
      const session = await social.signIn('google', await social.person());
      const lastWayIn = { status: 409, code: 'LAST_SIGN_IN_METHOD' };
      await expect(unlink(session, 'google')).rejects.toMatchObject(lastWayIn);
      await social.link('facebook', await social.person(), session);
      const outcomes = await Promise.allSettled([unlink(session, 'google'), unlink(session, 'facebook')]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]?.reason).toMatchObject(lastWayIn);
      expect(await linksOf(session)).toHaveLength(1);
    });
  });

  describe('in other installations', () => {
    it('wait for the mailed link where only verified addresses sign in, and keep the account', async () => {
      const strict = await SocialInTest.start({ REQUIRE_VERIFIED_EMAIL: 'true' });
      try {
        const notVerified = { status: 403, code: 'EMAIL_NOT_VERIFIED' };
        const person = await strict.person();
        for (let attempt = 0; attempt < 2; attempt++) {
          const { code } = await strict.visit('facebook', person);
          await expect(strict.exchange('facebook', code)).rejects.toMatchObject(notVerified);
        }
        const mails = await strict.identity.published(emailRequestedV1.type);
        expect(mails.map(({ payload }) => payload)).toMatchObject([
          { template: 'verify_email', to: person.email },
        ]);
        await expect(strict.signIn('google', await strict.person())).resolves.toHaveProperty('accessToken');
      } finally {
        await strict.close();
      }
    });

    it('are told of a provider that is away, and go on when it is back', async () => {
      const away = await SocialInTest.start();
      const set = (method: string, body?: string) =>
        fetch(`${away.sandbox.url}/control/faults`, {
          method,
          ...(body ? { body, headers: { 'content-type': 'application/json' } } : {}),
        });
      try {
        await set('PUT', '{"errorRate5xx":1}');
        await expect(away.start('google')).rejects.toMatchObject({ status: 502, code: 'PROVIDER_ERROR' });
        await set('DELETE');
        await expect(away.signIn('google', await away.person())).resolves.toHaveProperty('accessToken');
      } finally {
        await away.close();
      }
    });

    it('end on any replica what another began', async () => {
      const replica = await social.replica();
      try {
        const { authorizationUrl, browserKey } = await social.start('google');
        const query = await social.consent(authorizationUrl, await social.person());
        const { location } = await replica.ask(finishSocial, { provider: 'google', query, browserKey });
        const code = new URL(location).searchParams.get('code') ?? '';
        await expect(social.exchange('google', code)).resolves.toHaveProperty('accessToken');
      } finally {
        await replica.close();
      }
    });

    it('are refused clearly where no provider is set up', async () => {
      const bare = await startIdentity({
        NODE_ENV: 'production',
        APP_URL: 'https://app.parley.test',
      });
      try {
        const request = { provider: 'google', idToken: 'x.y.z' } as const;
        await expect(bare.ask(signInSocially, request)).rejects.toMatchObject({
          status: 422,
          code: 'PROVIDER_NOT_CONFIGURED',
        });
      } finally {
        await bare.close();
      }
    });
  });
});
