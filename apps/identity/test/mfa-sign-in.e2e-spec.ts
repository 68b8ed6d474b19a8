import { changePassword, listAuditLogs, login, mfaPasskeyOptions, refreshSession } from '@parley/contracts';
import { VirtualAuthenticator } from '@parley/testing';
import { decodeJwt } from 'jose';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity, stopClock } from './identity-in-test';
import { APP, codeAt, MfaInTest, nextCode, type Refusal, refusalOf, wrongCode } from './mfa-in-test';

const REFUSED = { status: 401, code: 'INVALID_CREDENTIALS' };
const OVER = { status: 401, code: 'INVALID_TOKEN' };
const LOCKED = { status: 429, code: 'ACCOUNT_LOCKED' };

describe('signing in with a second factor', () => {
  let identity: IdentityInTest;
  let mfa: MfaInTest;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: APP });
    mfa = new MfaInTest(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  it('asks for it after the right password only, and tells what it may be', async () => {
    const { session } = await mfa.withTotp();
    const { methods, expiresAt } = await mfa.challenge(session);
    expect(methods).toEqual(['totp', 'recovery_code']);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(290_000);
    const wrong = identity.ask(login, { email: session.user.email, password: 'not the password' });
    expect(await refusalOf(wrong)).toEqual(REFUSED);
  });

  it('gives a session whose token says how it began, through refreshes too', async () => {
    const { session, secret } = await mfa.withTotp();
    const { challengeToken } = await mfa.challenge(session);
    const signedIn = await mfa.verify({ challengeToken, code: nextCode(secret) });
    const claims = await identity.verify(signedIn.accessToken);
    expect(claims).toMatchObject({ sub: session.user.id, amr: ['pwd', 'otp'], mfa: 'enrolled' });
    const refreshed = await identity.ask(refreshSession, { refreshToken: signedIn.refreshToken });
    const { auth_time: time, amr } = decodeJwt(refreshed.accessToken);
    expect({ time, amr }).toEqual({ time: claims['auth_time'], amr: ['pwd', 'otp'] });
    const { data } = await identity.ask(listAuditLogs, { action: 'login.succeeded' }, callerOf(signedIn));
    expect(data[0]).toMatchObject({ after: { methods: ['pwd', 'otp'] } });
  });

  it('takes a code once, whoever saw it', async () => {
    const { session, secret } = await mfa.withTotp();
    const code = nextCode(secret);
    const [first, second] = [await mfa.challenge(session), await mfa.challenge(session)];
    const answers = await Promise.all(
      [first, second].map(({ challengeToken }) => refusalOf(mfa.verify({ challengeToken, code }))),
    );
    expect(answers.filter((answer) => answer === 'none')).toHaveLength(1);
    expect(answers).toContainEqual(REFUSED);
  });

  it('takes the code of the step before or after, and none from further away', async () => {
    const clock = stopClock();
    try {
      const { session, secret } = await mfa.withTotp();
      const { challengeToken } = await mfa.challenge(session);
      clock.pass(60);
      for (const seconds of [-60, 60]) {
        const code = codeAt(secret, Date.now() + seconds * 1000);
        expect(await refusalOf(mfa.verify({ challengeToken, code }))).toEqual(REFUSED);
      }
      const code = codeAt(secret, Date.now() + 30_000);
      expect(await refusalOf(mfa.verify({ challengeToken, code }))).toBe('none');
    } finally {
      clock.release();
    }
  });

  it('takes a recovery code once, of two uses at once too', async () => {
    const { session, recoveryCodes } = await mfa.withTotp();
    expect(new Set(recoveryCodes).size).toBe(10);
    const recoveryCode = (recoveryCodes[0] ?? '').toUpperCase().replaceAll('-', ' ');
    const [first, second] = [await mfa.challenge(session), await mfa.challenge(session)];
    const answers = await Promise.all(
      [first, second].map(({ challengeToken }) => refusalOf(mfa.verify({ challengeToken, recoveryCode }))),
    );
    expect(answers).toEqual(expect.arrayContaining(['none', REFUSED]));
    const { challengeToken } = await mfa.challenge(session);
    const other = await mfa.verify({ challengeToken, recoveryCode: recoveryCodes[1] ?? '' });
    expect(decodeJwt(other.accessToken)['amr']).toEqual(['pwd', 'recovery']);
  });

  it('takes a passkey after a password', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    const { challengeToken, methods } = await mfa.challenge(session);
    expect(methods).toEqual(['passkey', 'recovery_code']);
    const { options } = await identity.ask(mfaPasskeyOptions, { challengeToken });
    const signedIn = await mfa.verify({ challengeToken, passkey: authenticator.get(options) });
    expect(decodeJwt(signedIn.accessToken)['amr']).toEqual(['pwd', 'webauthn']);
  });

  it('takes no passkey of somebody else', async () => {
    const { session } = await mfa.withPasskey();
    const { authenticator } = await mfa.withPasskey();
    const { challengeToken } = await mfa.challenge(session);
    const { options } = await identity.ask(mfaPasskeyOptions, { challengeToken });
    const passkey = authenticator.get({ ...options, allowCredentials: [] });
    expect(await refusalOf(mfa.verify({ challengeToken, passkey }))).toEqual(REFUSED);
  });

  it('locks the account after five wrong codes, over several challenges', async () => {
    const { session, secret } = await mfa.withTotp();
    const wrong = { code: wrongCode(secret) };
    for (let n = 0; n < 5; n++) {
      const { challengeToken } = await mfa.challenge(session);
      expect(await refusalOf(mfa.verify({ challengeToken, ...wrong }))).toEqual(REFUSED);
    }
    const again = identity.ask(login, { email: session.user.email, password: PASSWORD });
    expect(await refusalOf(again)).toEqual(LOCKED);
  });

  it('forgets wrong codes with the whole sign-in, and not before', async () => {
    const clock = stopClock();
    try {
      const { session, secret } = await mfa.withTotp();
      const guess = async () => {
        const { challengeToken } = await mfa.challenge(session);
        return refusalOf(mfa.verify({ challengeToken, code: wrongCode(secret) }));
      };
      for (let n = 0; n < 4; n++) expect(await guess()).toEqual(REFUSED);
      const { challengeToken } = await mfa.challenge(session);
      await mfa.verify({ challengeToken, code: nextCode(secret) });
      for (let n = 0; n < 4; n++) expect(await guess()).toEqual(REFUSED);
      await mfa.challenge(session);
    } finally {
      clock.release();
    }
  });

  it('voids a challenge at its fifth wrong code, of many at once too', async () => {
    const clock = stopClock();
    try {
      const { session, secret } = await mfa.withTotp();
      const { challengeToken } = await mfa.challenge(session);
      const code = wrongCode(secret);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => refusalOf(mfa.verify({ challengeToken, code }))),
      );
      expect(answers.filter((answer) => (answer as Refusal).code === REFUSED.code)).toHaveLength(5);
      await identity.database.query('DELETE FROM identity.login_door_guards');
      const right = mfa.verify({ challengeToken, code: nextCode(secret) });
      expect(await refusalOf(right)).toEqual(OVER);
    } finally {
      clock.release();
    }
  });

  it('is over after five minutes, and after one use', async () => {
    const clock = stopClock();
    try {
      const { session, secret, recoveryCodes } = await mfa.withTotp();
      const used = await mfa.challenge(session);
      await mfa.verify({ challengeToken: used.challengeToken, code: nextCode(secret) });
      const [, recoveryCode = ''] = recoveryCodes;
      const again = mfa.verify({ challengeToken: used.challengeToken, recoveryCode });
      expect(await refusalOf(again)).toEqual(OVER);
      const late = await mfa.challenge(session);
      clock.pass(300);
      expect(await refusalOf(mfa.verify({ challengeToken: late.challengeToken, recoveryCode }))).toEqual(
        OVER,
      );
    } finally {
      clock.release();
    }
  });

  it('is over when the password that began it changed', async () => {
    const { session, secret } = await mfa.withTotp();
    const { challengeToken } = await mfa.challenge(session);
    const change = { currentPassword: PASSWORD, newPassword: 'another horse battery' };
    await identity.ask(changePassword, change, callerOf(session));
    expect(await refusalOf(mfa.verify({ challengeToken, code: nextCode(secret) }))).toEqual(OVER);
  });

  it.each([
    ['none', {}],
    ['two', { code: '123456', recoveryCode: 'x' }],
  ])('wants one answer, not %s', async (_how, answer) => {
    const request = mfa.verify({ challengeToken: 'mc_unknown', ...answer });
    expect(await refusalOf(request)).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('knows no challenge that it did not give', async () => {
    expect(await refusalOf(mfa.verify({ challengeToken: 'mc_unknown', code: '123456' }))).toEqual(OVER);
    const { session } = await mfa.withPasskey(VirtualAuthenticator.at(APP));
    const own = identity.ask(mfaPasskeyOptions, { challengeToken: 'mc_unknown' }, callerOf(session));
    expect(await refusalOf(own)).toEqual(OVER);
  });
});
