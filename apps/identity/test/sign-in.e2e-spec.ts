import {
  getMe,
  login,
  logout,
  newId,
  refreshSession,
  type SessionResponse,
  sessionRevokedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import {
  anEmail,
  callerOf,
  DAY,
  type IdentityInTest,
  PASSWORD,
  startIdentity,
  stopClock,
} from './identity-in-test';

describe('signing in', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const refresh = ({ refreshToken }: { refreshToken: string }): Promise<SessionResponse> =>
    identity.ask(refreshSession, { refreshToken });
  const revocationsOf = async (sessionId: string | undefined) =>
    (await identity.published(sessionRevokedV1.type)).filter(({ meta }) => meta.subject === sessionId);

  describe('register', () => {
    it('makes a person, a personal tenant that they own, and a session', async () => {
      const email = anEmail();
      const session = await identity.signUp({
        email: `  ${email.toUpperCase()} `,
        company: 'Plomberie Tremblay',
        timezone: 'America/Vancouver',
        locale: 'en',
      });
      expect(session).toMatchObject({
        expiresIn: 3600,
        tokenType: 'Bearer',
        user: { email, name: 'Élise Tremblay', emailVerified: false, platformRole: 'user', locale: 'en' },
        tenant: {
          name: 'Plomberie Tremblay',
          businessName: 'Plomberie Tremblay',
          kind: 'personal',
          timezone: 'America/Vancouver',
          role: 'owner',
        },
      });
      await expect(identity.verify(session.accessToken)).resolves.toMatchObject({
        sub: session.user.id,
        tid: session.tenant.id,
        roles: ['owner'],
      });
    });

    it('tells of the tenant exactly once, with the referral code', async () => {
      const { tenant, user } = await identity.signUp({ referralCode: 'AMI-2026' });
      const told = (await identity.published(tenantCreatedV1.type)).filter(
        ({ meta }) => meta.subject === tenant.id,
      );
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({
        meta: { tenantId: tenant.id, source: 'identity' },
        payload: { tenantId: tenant.id, slug: tenant.slug, kind: 'personal', referralCode: 'AMI-2026' },
      });
      const networkPrint = expect.stringMatching(/^[\w-]{32}$/) as string;
      expect(told[0]?.payload).toMatchObject({ ownerId: user.id, networkPrint });
      expect(JSON.stringify(told[0])).not.toContain('203.0.113.7');
    });

    it('lets one of many at once have an address, and leaves nothing of the others', async () => {
      const email = anEmail();
      const tries = await Promise.allSettled(Array.from({ length: 5 }, () => identity.signUp({ email })));
      const refused = tries.filter((each) => each.status === 'rejected');
      expect(refused).toHaveLength(4);
      for (const { reason } of refused) expect(reason).toMatchObject({ status: 409, code: 'DUPLICATE' });
      const tenants = await identity.database.query(
        `SELECT t.id FROM identity.tenants t JOIN identity.users u ON u.id = t.created_by WHERE u.email = $1`,
        [email],
      );
      expect(tenants).toHaveLength(1);
    });

    it.each([
      ['a short password', { password: 'short' }, 'password'],
      ['a password that bcrypt would cut', { password: `${'abcdefgi'.repeat(9)}é` }, 'password'],
      ['a common password', { password: 'motdepasse123' }, 'password'],
      ['something that is no address', { email: 'elise' }, 'email'],
      ['a time zone nobody lives in', { timezone: 'Mars/Olympus' }, 'timezone'],
      ['a bare offset', { timezone: '+05:00' }, 'timezone'],
    ])('refuses %s', async (_case, fields, field) => {
      await expect(identity.signUp(fields)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        details: [expect.objectContaining({ field })],
      });
    });
  });

  describe('login', () => {
    it('signs in to the oldest membership, or to the tenant that is named', async () => {
      const { user, tenant } = await identity.signUp();
      const credentials = { email: user.email.toUpperCase(), password: PASSWORD };
      for (const tenantSlug of [undefined, tenant.slug]) {
        const session = await identity.ask(login, { ...credentials, ...(tenantSlug ? { tenantSlug } : {}) });
        expect(session.tenant).toEqual(tenant);
      }
    });

    it('does not sign in to a tenant of others', async () => {
      const { user } = await identity.signUp();
      const { tenant: foreign } = await identity.signUp();
      for (const tenantSlug of [foreign.slug, 'no-such-tenant']) {
        await expect(
          identity.ask(login, { email: user.email, password: PASSWORD, tenantSlug }),
        ).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
      }
    });

    it('answers an unknown address as a wrong password', async () => {
      const { user } = await identity.signUp();
      const refusalOf = (email: string) =>
        identity.ask(login, { email, password: 'not the password' }).catch((error: unknown) => error);
      expect(await refusalOf(anEmail())).toEqual(await refusalOf(user.email));
      expect(await refusalOf(anEmail())).toMatchObject({ status: 401, code: 'INVALID_CREDENTIALS' });
    });

    it('does not take a longer password that begins the same within 72 bytes', async () => {
      const password = 'abcdefgi'.repeat(9);
      const { user } = await identity.signUp({ password });
      await expect(
        identity.ask(login, { email: user.email, password: `${password}x` }),
      ).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
      await expect(identity.ask(login, { email: user.email, password })).resolves.toHaveProperty(
        'accessToken',
      );
    });

    it('refuses a suspended person, at login and at refresh', async () => {
      const session = await identity.signUp();
      await identity.database.query(`UPDATE identity.users SET status = 'suspended' WHERE id = $1`, [
        session.user.id,
      ]);
      const refusal = { status: 403, code: 'ACCOUNT_SUSPENDED' };
      await expect(
        identity.ask(login, { email: session.user.email, password: PASSWORD }),
      ).rejects.toMatchObject(refusal);
      await expect(refresh(session)).rejects.toMatchObject(refusal);
    });

    it('keeps the network address of an attempt, and survives one that is none', async () => {
      const { user } = await identity.signUp();
      const credentials = { email: user.email, password: PASSWORD };
      await identity.ask(login, credentials, { ip: '2001:db8::7' });
      await identity.ask(login, credentials, { ip: 'unknown' });
      const attempts = await identity.database.query(
        `SELECT host(ip) AS ip, succeeded FROM identity.login_attempts WHERE email = $1 ORDER BY id`,
        [user.email],
      );
      expect(attempts).toEqual([
        { ip: '2001:db8::7', succeeded: true },
        { ip: null, succeeded: true },
      ]);
    });
  });

  describe('me', () => {
    it('shows the person, the active tenant and the memberships', async () => {
      const session = await identity.signUp();
      await expect(identity.ask(getMe, {}, callerOf(session))).resolves.toEqual({
        user: session.user,
        tenant: session.tenant,
        memberships: [session.tenant],
        apiKeys: { openai: null, elevenlabs: null },
      });
    });

    it('is nobody without a person, or in a tenant they are not in', async () => {
      const session = await identity.signUp();
      await expect(identity.ask(getMe, {})).rejects.toMatchObject({ status: 401 });
      await expect(
        identity.ask(getMe, {}, { ...callerOf(session), tenantId: newId() }),
      ).rejects.toMatchObject({ status: 401 });
    });
  });

  describe('refresh', () => {
    it('rotates the token and keeps the session', async () => {
      const first = await identity.signUp();
      const second = await refresh(first);
      const third = await refresh(second);
      expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
      expect(callerOf(third)).toEqual(callerOf(first));
      expect(third.user).toEqual(first.user);
    });

    it('gives two at once the same successor', async () => {
      const first = await identity.signUp();
      const answers = await Promise.all([refresh(first), refresh(first), refresh(first)]);
      expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
      await expect(refresh(answers[0] ?? first)).resolves.toHaveProperty('accessToken');
    });

    it('ends the family when the grandparent comes back, however soon', async () => {
      const first = await identity.signUp();
      const second = await refresh(first);
      const third = await refresh(second);
      await expect(refresh(first)).rejects.toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
      await expect(refresh(third)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
      const { sessionId } = callerOf(first);
      expect(await revocationsOf(sessionId)).toEqual([
        expect.objectContaining({
          payload: { userId: first.user.id, sessionId, reason: 'refresh_token_reused' },
        }),
      ]);
    });

    it('ends the family when the direct parent comes back after the grace', async () => {
      const clock = stopClock();
      try {
        const first = await identity.signUp();
        const second = await refresh(first);
        clock.pass(10);
        await expect(refresh(first)).resolves.toMatchObject({ refreshToken: second.refreshToken });
        clock.pass(0.001);
        await expect(refresh(first)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
        await expect(refresh(second)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
      } finally {
        clock.release();
      }
    });

    it('ends after 30 days of silence, and after 90 days in any case', async () => {
      const clock = stopClock();
      try {
        const silent = await identity.signUp();
        let busy = await identity.signUp();
        for (const days of [29.5, 29.5, 29.5, 1]) {
          clock.pass(days * DAY);
          busy = await refresh(busy);
        }
        await expect(refresh(silent)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
        clock.pass(0.5 * DAY);
        await expect(refresh(busy)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
      } finally {
        clock.release();
      }
    });

    it('refuses a token that never was', async () => {
      await expect(refresh({ refreshToken: 'rt_never' })).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    });

    it('keeps no token that could be used', async () => {
      const first = await identity.signUp();
      const second = await refresh(first);
      const rows = await identity.database.query<{ row: string }>(
        `SELECT encode(successor_enc, 'escape') || encode(token_hash, 'escape') AS row FROM identity.refresh_tokens`,
      );
      const stored = rows.map(({ row }) => row).join();
      for (const { refreshToken } of [first, second]) expect(stored).not.toContain(refreshToken);
    });
  });

  describe('logout', () => {
    it('ends the session once, and no other session', async () => {
      const { user } = await identity.signUp();
      const signIn = () => identity.ask(login, { email: user.email, password: PASSWORD });
      const [here, elsewhere] = [await signIn(), await signIn()];
      await identity.ask(logout, {}, callerOf(here));
      await identity.ask(logout, {}, callerOf(here));
      await expect(refresh(here)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
      await expect(refresh(elsewhere)).resolves.toHaveProperty('accessToken');
      const { sessionId, tenantId } = callerOf(here);
      expect(await revocationsOf(sessionId)).toEqual([
        expect.objectContaining({
          meta: expect.objectContaining({ tenantId }) as unknown,
          payload: { userId: user.id, sessionId, reason: 'logout' },
        }),
      ]);
    });

    it('needs a session', async () => {
      await expect(identity.ask(logout, {})).rejects.toMatchObject({ status: 401 });
    });

    it('cannot end the session of somebody else', async () => {
      const [mine, theirs] = [await identity.signUp(), await identity.signUp()];
      const { sessionId = '', tenantId = '' } = callerOf(theirs);
      await identity.ask(logout, {}, { ...callerOf(mine), sessionId });
      await identity.ask(logout, {}, { ...callerOf(mine), sessionId, tenantId });
      await expect(refresh(theirs)).resolves.toHaveProperty('accessToken');
    });
  });
});
