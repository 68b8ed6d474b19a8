import {
  type CallerContext,
  changePassword,
  createTenant,
  endOwnSession,
  listAuditLogs,
  login,
  refreshSession,
  removeTotp,
  type SessionResponse,
  stepUp,
  stepUpPasskeyOptions,
  type StepUpRequest,
  switchTenant,
} from '@parley/contracts';
import { decodeJwt } from 'jose';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity, stopClock } from './identity-in-test';
import { APP, MfaInTest, nextCode, refusalOf, wrongCode } from './mfa-in-test';

const REFUSED = { status: 401, code: 'INVALID_CREDENTIALS' };

describe('stepping up', () => {
  let identity: IdentityInTest;
  let mfa: MfaInTest;
  let clock: ReturnType<typeof stopClock>;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: APP });
    mfa = new MfaInTest(identity);
  });
  beforeEach(() => {
    clock = stopClock();
  });
  afterEach(() => clock.release());
  afterAll(async () => {
    await identity?.close();
  });

  const prove = (caller: Partial<CallerContext>, request: StepUpRequest) =>
    identity.ask(stepUp, request, caller);
  const proofIn = (token: string) => {
    const { sid, auth_time: at, amr, mfa: standing } = decodeJwt(token);
    return { sid, at, amr, standing };
  };
  const refresh = ({ refreshToken }: SessionResponse) => identity.ask(refreshSession, { refreshToken });

  it('with the password renews the proof of the same session, and refreshes keep it', async () => {
    const session = await identity.signUp();
    const before = proofIn(session.accessToken);
    clock.pass(900);
    expect(proofIn((await refresh(session)).accessToken)).toEqual(before);
    const { accessToken, expiresIn } = await prove(callerOf(session), { password: PASSWORD });
    expect(expiresIn).toBe(3600);
    const after = { ...before, at: Number(before.at) + 900 };
    expect(proofIn(accessToken)).toEqual(after);
    await expect(identity.verify(accessToken)).resolves.toMatchObject({ sub: session.user.id });
    const { data } = await identity.ask(listAuditLogs, { action: 'session.stepped_up' }, callerOf(session));
    expect(data).toEqual([expect.objectContaining({ resourceId: before.sid, after: { method: 'pwd' } })]);
  });

  it('is kept by a switch of tenant, which proves nothing', async () => {
    const session = await identity.signUp();
    const before = proofIn(session.accessToken);
    const { id } = await identity.ask(createTenant, { name: 'Second' }, callerOf(session));
    clock.pass(60);
    const switched = await identity.ask(switchTenant, { tenantId: id }, callerOf(session));
    expect(proofIn(switched.accessToken)).toMatchObject({ at: before.at, amr: before.amr });
  });

  it('takes a code, and never the password, of who has a second factor', async () => {
    const { session, secret } = await mfa.withTotp();
    for (const password of [PASSWORD, 'not the password']) {
      const refused = prove(callerOf(session), { password });
      expect(await refusalOf(refused)).toEqual({ status: 403, code: 'STEP_UP_REQUIRED' });
    }
    const code = nextCode(secret);
    const { accessToken } = await prove(callerOf(session), { code });
    expect(proofIn(accessToken)).toMatchObject({ amr: ['pwd', 'otp'], standing: 'enrolled' });
    expect(await refusalOf(prove(callerOf(session), { code }))).toEqual(REFUSED);
  });

  it('takes a recovery code once', async () => {
    const { session, recoveryCodes } = await mfa.withTotp();
    const recoveryCode = recoveryCodes[0] ?? '';
    const { accessToken } = await prove(callerOf(session), { recoveryCode });
    expect(proofIn(accessToken).amr).toContain('recovery');
    expect(await refusalOf(prove(callerOf(session), { recoveryCode }))).toEqual(REFUSED);
  });

  it('takes a passkey, for options given to the same person', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    const other = await mfa.withPasskey();
    const { challengeToken, options } = await identity.ask(stepUpPasskeyOptions, {}, callerOf(session));
    const foreign = prove(callerOf(other.session), { challengeToken, passkey: authenticator.get(options) });
    expect(await refusalOf(foreign)).toEqual({ status: 401, code: 'INVALID_TOKEN' });
    const { accessToken } = await prove(callerOf(session), {
      challengeToken,
      passkey: authenticator.get(options),
    });
    expect(proofIn(accessToken).amr).toContain('webauthn');
  });

  it.each(['password', 'code'] as const)(
    'locks the session after five wrong tries of a %s, and no other way in',
    async (field) => {
      const { session, secret } =
        field === 'code' ? await mfa.withTotp() : { session: await identity.signUp(), secret: '' };
      const answer = field === 'code' ? { code: wrongCode(secret) } : { password: 'not the password' };
      for (let n = 0; n < 5; n++) expect(await refusalOf(prove(callerOf(session), answer))).toEqual(REFUSED);
      expect(await refusalOf(prove(callerOf(session), answer))).toEqual({
        status: 429,
        code: 'ACCOUNT_LOCKED',
      });
      const again = identity.ask(login, { email: session.user.email, password: PASSWORD });
      expect(await refusalOf(again)).not.toHaveProperty('code', 'ACCOUNT_LOCKED');
    },
  );

  it('is not for service tokens, impersonators, or sessions that ended', async () => {
    const session = await identity.signUp();
    const { tenantId = '', userId = '', sessionId = '' } = callerOf(session);
    const password = { password: PASSWORD };
    const key = prove({ tenantId, apiKeyId: userId, roles: [], scopes: ['settings:write'] }, password);
    expect(await refusalOf(key)).toMatchObject({ status: 401 });
    const acting = prove({ ...callerOf(session), impersonatorId: userId }, password);
    expect(await refusalOf(acting)).toMatchObject({ status: 403 });
    await identity.ask(endOwnSession, { id: sessionId }, callerOf(session));
    expect(await refusalOf(prove(callerOf(session), password))).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('takes the password again once the last factor is gone', async () => {
    const { session } = await mfa.withTotp();
    await identity.ask(removeTotp, {}, callerOf(session));
    const { accessToken } = await prove(callerOf(session), { password: PASSWORD });
    expect(proofIn(accessToken).standing).toBeUndefined();
    const change = { currentPassword: PASSWORD, newPassword: 'another horse battery' };
    await identity.ask(changePassword, change, callerOf(session));
    expect(await refusalOf(prove(callerOf(session), { password: PASSWORD }))).toEqual(REFUSED);
  });
});
