import {
  changePassword,
  createTenant,
  login,
  type LoginRequest,
  refreshSession,
  resetPassword,
  requestPasswordReset,
  type SessionResponse,
  stepUp,
  switchTenant,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { tokenMailedTo } from './members-in-test';

const HOME = '198.51.100.20';
const ATTACKER = '203.0.113.66';
const LOCKED = { status: 429, code: 'ACCOUNT_LOCKED' };

describe('lockout by place', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const signIn = (email: string, ip: string, fields: Partial<LoginRequest> = {}): Promise<SessionResponse> =>
    identity.ask(login, { email, password: PASSWORD, ...fields }, { ip });
  const guess = (email: string, ip: string, deviceToken?: string): Promise<string> =>
    signIn(email, ip, { password: 'not the password', ...(deviceToken ? { deviceToken } : {}) }).then(
      () => 'in',
      (error: { code: string }) => error.code,
    );
  const lock = async (email: string, ip = ATTACKER): Promise<void> => {
    for (let n = 0; n < 5; n++) expect(await guess(email, ip)).toBe('INVALID_CREDENTIALS');
  };
  /** From five networks, each up to its own limit. */
  const lockEverywhere = async (email: string): Promise<void> => {
    for (let network = 0; network < 5; network++) await lock(email, `192.0.${network}.9`);
  };
  const locksOf = async (userId: string): Promise<string[]> =>
    (
      await identity.database.query<{ after: { scope: string } }>(
        `SELECT after::jsonb AS after FROM identity.audit_logs
         WHERE action = 'login.locked' AND resource_id = '${userId}' ORDER BY id`,
      )
    ).map(({ after }) => after.scope);

  it('keeps an attacker’s network out, and the owner’s not', async () => {
    const { user } = await identity.signUp();
    await lock(user.email);
    await expect(signIn(user.email, ATTACKER)).rejects.toMatchObject(LOCKED);
    await expect(signIn(user.email, '203.0.113.9')).rejects.toMatchObject(LOCKED);
    await expect(signIn(user.email, HOME)).resolves.toHaveProperty('accessToken');
    expect(await locksOf(user.id)).toEqual(['network']);
  });

  it('counts a /64 as one network', async () => {
    const { user } = await identity.signUp();
    for (let n = 0; n < 5; n++) await guess(user.email, `2001:db8:0:1::${n}`);
    await expect(signIn(user.email, '2001:db8:0:1:ffff::1')).rejects.toMatchObject(LOCKED);
    await expect(signIn(user.email, '2001:db8:0:2::1')).resolves.toHaveProperty('accessToken');
  });

  it('locks an account for strangers once many networks guess, and known devices still enter', async () => {
    const { user } = await identity.signUp();
    const { deviceToken } = await signIn(user.email, HOME);
    if (!deviceToken) throw new Error('A new device got no token');
    await lockEverywhere(user.email);
    await expect(signIn(user.email, HOME)).rejects.toMatchObject(LOCKED);
    await expect(signIn(user.email, HOME, { deviceToken: 'dt_of-nobody' })).rejects.toMatchObject(LOCKED);
    const again = await signIn(user.email, HOME, { deviceToken });
    expect(again).not.toHaveProperty('deviceToken');
    await expect(signIn(user.email, ATTACKER, { deviceToken })).resolves.toHaveProperty('accessToken');
    expect(await locksOf(user.id)).toEqual([...Array<string>(5).fill('network'), 'account']);
  });

  it('does not lift the lock of strangers when the owner signs in', async () => {
    const { user } = await identity.signUp();
    const { deviceToken } = await signIn(user.email, HOME);
    await lockEverywhere(user.email);
    await signIn(user.email, HOME, { deviceToken: deviceToken ?? '' });
    await expect(signIn(user.email, '192.0.9.9')).rejects.toMatchObject(LOCKED);
  });

  it('gives a known device five guesses of its own, for its account only', async () => {
    const [mine, other] = [await identity.signUp(), await identity.signUp()];
    const { deviceToken = '' } = await signIn(mine.user.email, HOME);
    for (let n = 0; n < 5; n++)
      expect(await guess(mine.user.email, HOME, deviceToken)).toBe('INVALID_CREDENTIALS');
    expect(await guess(mine.user.email, HOME, deviceToken)).toBe('ACCOUNT_LOCKED');
    await expect(signIn(mine.user.email, HOME)).resolves.toHaveProperty('accessToken');
    await lock(other.user.email);
    expect(await guess(other.user.email, ATTACKER, deviceToken)).toBe('ACCOUNT_LOCKED');
  });

  it('leaves who is inside alone: step-up and change of password', async () => {
    const session = await identity.signUp();
    await lockEverywhere(session.user.email);
    const caller = callerOf(session);
    await expect(identity.ask(stepUp, { password: PASSWORD }, caller)).resolves.toHaveProperty('accessToken');
    const newPassword = 'another long passphrase';
    await identity.ask(changePassword, { currentPassword: PASSWORD, newPassword }, caller);
  });

  it('counts guesses inside a session for that session, through switches of tenant, and writes the lock down', async () => {
    const session = await identity.signUp();
    const elsewhere = await signIn(session.user.email, HOME);
    const company = await identity.ask(createTenant, { name: 'Toitures Roy' }, callerOf(session));
    const wrong = { currentPassword: 'not it', newPassword: 'another long passphrase' };
    for (let n = 0; n < 5; n++)
      await expect(identity.ask(changePassword, wrong, callerOf(session))).rejects.toMatchObject({
        status: 401,
      });
    const switched = await identity.ask(switchTenant, { tenantId: company.id }, callerOf(session));
    for (const caller of [callerOf(session), callerOf(switched)])
      await expect(identity.ask(stepUp, { password: PASSWORD }, caller)).rejects.toMatchObject(LOCKED);
    await expect(identity.ask(stepUp, { password: PASSWORD }, callerOf(elsewhere))).resolves.toHaveProperty(
      'accessToken',
    );
    expect(await locksOf(session.user.id)).toEqual(['session']);
  });

  it('lifts every lock with a reset of the password', async () => {
    const { user } = await identity.signUp();
    await lockEverywhere(user.email);
    await identity.ask(requestPasswordReset, { email: user.email });
    const password = 'another long passphrase';
    await identity.ask(resetPassword, {
      token: await eventually(() => tokenMailedTo(identity, user.email, 'reset_password')),
      password,
    });
    await expect(signIn(user.email, '192.0.0.9', { password })).resolves.toHaveProperty('accessToken');
  });

  it('keeps twenty devices of a person, those that came back first, and no secret of them', async () => {
    const { user } = await identity.signUp();
    const { deviceToken = '' } = await signIn(user.email, HOME);
    await signIn(user.email, HOME, { deviceToken });
    for (let n = 0; n < 22; n++) await signIn(user.email, HOME);
    const rows = await identity.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM identity.known_devices WHERE user_id = '${user.id}'`,
    );
    expect(rows).toEqual([{ n: 20 }]);
    expect(await signIn(user.email, HOME, { deviceToken })).not.toHaveProperty('deviceToken');
    expect(
      JSON.stringify(await identity.database.query('SELECT * FROM identity.known_devices')),
    ).not.toContain(deviceToken);
  });

  it('gives no device token with a refresh', async () => {
    const { refreshToken } = await identity.signUp();
    expect(await identity.ask(refreshSession, { refreshToken })).not.toHaveProperty('deviceToken');
  });
});
