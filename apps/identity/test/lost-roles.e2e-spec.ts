import { login, refreshSession, runAs, type SessionResponse } from '@parley/contracts';
import { LostRoles } from '../src/session/lost-roles.job';
import {
  anEmail,
  callerOf,
  type IdentityInTest,
  newEncryptionKey,
  PASSWORD,
  startIdentity,
  stranger,
} from './identity-in-test';

describe('a super admin by ADMIN_EMAIL', () => {
  const ENCRYPTION_KEY = newEncryptionKey();
  const [kept, dropped] = [anEmail(), anEmail()];
  let before: IdentityInTest;
  let after: IdentityInTest;
  beforeAll(async () => {
    before = await startIdentity({ ENCRYPTION_KEY, ADMIN_EMAIL: `${kept}, ${dropped.toUpperCase()}` });
    after = await startIdentity({ ENCRYPTION_KEY, ADMIN_EMAIL: kept }, before.database);
  });
  afterAll(async () => {
    await after?.close();
    await before?.close();
  });

  const sweep = (identity: IdentityInTest) =>
    runAs(stranger(), () => identity.service.get(LostRoles).sweep());
  const refreshes = ({ refreshToken }: SessionResponse): Promise<string> =>
    after.ask(refreshSession, { refreshToken }).then(
      () => 'goes on',
      ({ code }: { code: string }) => code,
    );
  const verify = (email: string) =>
    before.database.query('UPDATE identity.users SET email_verified_at = now() WHERE email = $1', [email]);

  it('loses the sessions that gave out the role when the address is taken from the setting', async () => {
    const everybody = [kept, dropped, anEmail()];
    for (const email of everybody) await before.signUp({ email });
    for (const email of everybody) await verify(email);
    const signIn = (email: string) => before.ask(login, { email, password: PASSWORD });
    const [admin, former, person] = await Promise.all(everybody.map(signIn));
    if (!admin || !former || !person) throw new Error('three sign in');
    expect([admin, former, person].map((each) => callerOf(each).roles?.includes('super_admin'))).toEqual([
      true,
      true,
      false,
    ]);

    await sweep(before);
    expect(await refreshes(person)).toBe('goes on');
    await sweep(after);
    expect(await Promise.all([admin, former].map(refreshes))).toEqual(['goes on', 'INVALID_TOKEN']);
    const again = await after.ask(login, { email: dropped, password: PASSWORD });
    expect(callerOf(again).roles).toEqual(['owner']);
    await sweep(after);
    expect(await refreshes(again)).toBe('goes on');

    const acts = await after.database.query(
      `SELECT action, before, after FROM identity.audit_logs WHERE tenant_id IS NULL AND resource_id = $1`,
      [former.user.id],
    );
    expect(acts).toEqual([
      {
        action: 'user.platform-role-lost',
        before: { platformRole: 'super_admin' },
        after: { platformRole: 'user' },
      },
    ]);
  });

  it('that got the role at a refresh is known, too', async () => {
    const { user, refreshToken } = await before.signUp({ email: anEmail() });
    await before.database.query(`UPDATE identity.users SET platform_role = 'super_admin' WHERE id = $1`, [
      user.id,
    ]);
    const raised = await before.ask(refreshSession, { refreshToken });
    expect(callerOf(raised).roles).toContain('super_admin');
    await before.database.query(`UPDATE identity.users SET platform_role = 'user' WHERE id = $1`, [user.id]);
    await sweep(after);
    expect(await refreshes(raised)).toBe('INVALID_TOKEN');
  });
});
