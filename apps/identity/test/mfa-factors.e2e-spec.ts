import {
  beginTotp,
  confirmTotp,
  emailRequestedV1,
  type EmailRequestedV1,
  getMfa,
  listAuditLogs,
  listPasskeys,
  login,
  refreshSession,
  removePasskey,
  renamePasskey,
  removeTotp,
  renewRecoveryCodes,
  runAs,
  type SessionResponse,
} from '@parley/contracts';
import { VirtualAuthenticator } from '@parley/testing';
import { decodeJwt } from 'jose';
import { Housekeeping } from '../src/housekeeping/housekeeping.job';
import {
  callerOf,
  DAY,
  type IdentityInTest,
  PASSWORD,
  startIdentity,
  stopClock,
  stranger,
} from './identity-in-test';
import { APP, codeAt, MfaInTest, nextCode, refusalOf, wrongCode } from './mfa-in-test';

const CONFLICT = { status: 409, code: 'STATE_CONFLICT' };

describe('own second factors', () => {
  let identity: IdentityInTest;
  let mfa: MfaInTest;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: APP });
    mfa = new MfaInTest(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const overview = (session: SessionResponse) => identity.ask(getMfa, {}, callerOf(session));
  const mailsTo = async ({ user }: SessionResponse): Promise<string[]> =>
    (await identity.published(emailRequestedV1.type))
      .map(({ payload }) => payload as EmailRequestedV1)
      .filter(({ userId, template }) => userId === user.id && template.startsWith('mfa'))
      .map(({ template }) => template);
  const passwordSignsIn = ({ user }: SessionResponse) =>
    refusalOf(identity.ask(login, { email: user.email, password: PASSWORD }));

  it('begin to count with the first right code', async () => {
    const session = await identity.signUp();
    const caller = callerOf(session);
    const { secret, uri } = await identity.ask(beginTotp, {}, caller);
    expect(uri).toContain(`secret=${secret}`);
    const wrong = identity.ask(confirmTotp, { code: wrongCode(secret) }, caller);
    expect(await refusalOf(wrong)).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(await passwordSignsIn(session)).toBe('none');
    const { recoveryCodes } = await identity.ask(confirmTotp, { code: codeAt(secret) }, caller);
    expect(recoveryCodes).toHaveLength(10);
    expect(await overview(session)).toMatchObject({
      enrolled: true,
      required: false,
      totp: { enrolledAt: expect.any(String) as string },
      recoveryCodesLeft: 10,
    });
    expect(await passwordSignsIn(session)).toMatchObject({ code: 'MFA_REQUIRED' });
  });

  it('shown in a session are known to it from then on', async () => {
    const { session } = await mfa.withTotp();
    const { accessToken } = await identity.ask(refreshSession, { refreshToken: session.refreshToken });
    expect(decodeJwt(accessToken)).toMatchObject({ amr: ['pwd', 'otp'], mfa: 'enrolled' });
  });

  it('are begun anew until one is confirmed', async () => {
    const session = await identity.signUp();
    const caller = callerOf(session);
    const first = await identity.ask(beginTotp, {}, caller);
    const second = await identity.ask(beginTotp, {}, caller);
    const old = identity.ask(confirmTotp, { code: codeAt(first.secret) }, caller);
    expect(await refusalOf(old)).toMatchObject({ status: 400 });
    await identity.ask(confirmTotp, { code: codeAt(second.secret) }, caller);
    expect(await refusalOf(identity.ask(beginTotp, {}, caller))).toEqual(CONFLICT);
    const again = identity.ask(confirmTotp, { code: nextCode(second.secret) }, caller);
    expect(await refusalOf(again)).toEqual(CONFLICT);
  });

  it('are told to their owner and written down, without secrets', async () => {
    const { session, secret, recoveryCodes } = await mfa.withTotp();
    const caller = callerOf(session);
    await identity.ask(renewRecoveryCodes, {}, caller);
    await identity.ask(removeTotp, {}, caller);
    const { passkey } = await mfa.enrol(caller, VirtualAuthenticator.at(APP));
    await identity.ask(renamePasskey, { id: passkey.id, name: 'Laptop' }, caller);
    await identity.ask(removePasskey, { id: passkey.id }, caller);
    expect(await mailsTo(session)).toEqual([
      'mfa_factor_added',
      'mfa_recovery_codes_renewed',
      'mfa_factor_removed',
      'mfa_factor_added',
      'mfa_factor_removed',
    ]);
    const { data } = await identity.ask(listAuditLogs, {}, caller);
    expect(data.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'mfa.totp_begun',
        'mfa.totp_added',
        'mfa.recovery_codes_renewed',
        'mfa.totp_removed',
        'mfa.passkey_added',
        'mfa.passkey_renamed',
        'mfa.passkey_removed',
      ]),
    );
    for (const hidden of [secret, ...recoveryCodes]) expect(JSON.stringify(data)).not.toContain(hidden);
  });

  it('end the other sessions of their owner with every change', async () => {
    const session = await identity.signUp();
    const caller = callerOf(session);
    const isAlive = async ({ refreshToken }: { refreshToken: string }) =>
      (await refusalOf(identity.ask(refreshSession, { refreshToken }))) === 'none';
    const elsewhere = () => identity.ask(login, { email: session.user.email, password: PASSWORD });
    const [before, untouched] = [await elsewhere(), await identity.signUp()];
    const { secret } = await identity.ask(beginTotp, {}, caller);
    expect(await isAlive(before)).toBe(true);
    await identity.ask(confirmTotp, { code: codeAt(secret) }, caller);
    expect([await isAlive(before), await isAlive(untouched)]).toEqual([false, true]);
    const { challengeToken } = await mfa.challenge(session);
    const second = await mfa.verify({ challengeToken, code: nextCode(secret) });
    await identity.ask(removeTotp, {}, caller);
    expect([await isAlive(second), await isAlive(session)]).toEqual([false, true]);
  });

  it('lie sealed or hashed in the database', async () => {
    const { session, secret, recoveryCodes } = await mfa.withTotp();
    const [row] = await identity.database.query<{ totp: Buffer; codes: string }>(
      `SELECT sealed AS totp, (SELECT string_agg(code_hash::text, ' ') FROM identity.mfa_recovery_codes c
         WHERE c.user_id = t.user_id) AS codes FROM identity.mfa_totp t WHERE user_id = $1`,
      [session.user.id],
    );
    expect(row?.totp.includes(Buffer.from(secret))).toBe(false);
    for (const code of recoveryCodes) expect(row?.codes).not.toContain(Buffer.from(code).toString('hex'));
  });

  it('end with the last of them, and its recovery codes go too', async () => {
    const { session } = await mfa.withTotp();
    const caller = callerOf(session);
    const { passkey, recoveryCodes } = await mfa.enrol(caller, VirtualAuthenticator.at(APP));
    expect(recoveryCodes).toBeNull();
    await identity.ask(removeTotp, {}, caller);
    expect(await passwordSignsIn(session)).toMatchObject({ code: 'MFA_REQUIRED' });
    await identity.ask(removePasskey, { id: passkey.id }, caller);
    expect(await passwordSignsIn(session)).toBe('none');
    expect(await overview(session)).toMatchObject({ enrolled: false, totp: null, recoveryCodesLeft: 0 });
    expect(await refusalOf(identity.ask(removeTotp, {}, caller))).toMatchObject({ status: 404 });
    expect(await refusalOf(identity.ask(renewRecoveryCodes, {}, caller))).toEqual(CONFLICT);
  });

  it('give recovery codes once, of two first factors at once too', async () => {
    const session = await identity.signUp();
    const caller = callerOf(session);
    const added = await Promise.all([
      mfa.enrol(caller, VirtualAuthenticator.at(APP)),
      mfa.enrol(caller, VirtualAuthenticator.at(APP)),
    ]);
    expect(added.filter(({ recoveryCodes }) => recoveryCodes !== null)).toHaveLength(1);
    expect((await identity.ask(listPasskeys, {}, caller)).data).toHaveLength(2);
  });

  it('make old recovery codes useless when they are renewed', async () => {
    const { session, recoveryCodes } = await mfa.withTotp();
    const renewed = await identity.ask(renewRecoveryCodes, {}, callerOf(session));
    const { challengeToken } = await mfa.challenge(session);
    const old = mfa.verify({ challengeToken, recoveryCode: recoveryCodes[0] ?? '' });
    expect(await refusalOf(old)).toMatchObject({ status: 401 });
    const fresh = mfa.verify({ challengeToken, recoveryCode: renewed.recoveryCodes[0] ?? '' });
    expect(await refusalOf(fresh)).toBe('none');
  });

  it('are nobody else’s to manage', async () => {
    const { session } = await mfa.withTotp();
    const impersonator = { ...callerOf(session), impersonatorId: session.user.id };
    for (const operation of [beginTotp, removeTotp, renewRecoveryCodes])
      expect(await refusalOf(identity.ask(operation, {}, impersonator))).toMatchObject({ status: 403 });
  });

  it('that nobody finished enrolling are swept away, with challenges that are over', async () => {
    const clock = stopClock();
    try {
      const { session, secret } = await mfa.withTotp();
      await mfa.challenge(session);
      const other = await identity.signUp();
      await identity.ask(beginTotp, {}, callerOf(other));
      clock.pass(DAY + 1);
      await runAs(stranger(), () => identity.service.get(Housekeeping).sweep());
      const left = await identity.database.query<{ id: string }>(
        'SELECT user_id AS id FROM identity.mfa_totp WHERE user_id = ANY ($1)',
        [[session.user.id, other.user.id]],
      );
      expect(left).toEqual([{ id: session.user.id }]);
      expect(await identity.database.query('SELECT id FROM identity.mfa_challenges')).toEqual([]);
      const { challengeToken } = await mfa.challenge(session);
      expect(await refusalOf(mfa.verify({ challengeToken, code: nextCode(secret) }))).toBe('none');
    } finally {
      clock.release();
    }
  });
});
