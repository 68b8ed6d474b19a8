import {
  acceptInvitation,
  createTenant,
  emailRequestedV1,
  type EmailRequestedV1,
  getMfa,
  getMfaPolicy,
  listAllAuditLogs,
  listAuditLogs,
  login,
  newId,
  putMfaPolicy,
  refreshSession,
  resetMfa,
  type SessionResponse,
  switchTenant,
} from '@parley/contracts';
import { decodeJwt } from 'jose';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { invite } from './members-in-test';
import { APP, MfaInTest, nextCode, refusalOf } from './mfa-in-test';

describe('second factors of others', () => {
  let identity: IdentityInTest;
  let mfa: MfaInTest;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: APP });
    mfa = new MfaInTest(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const standingIn = ({ accessToken }: SessionResponse) => decodeJwt(accessToken)['mfa'];
  const switchTo = (session: SessionResponse, tenantId: string) =>
    identity.ask(switchTenant, { tenantId }, callerOf(session));
  const refreshes = ({ refreshToken }: SessionResponse) =>
    refusalOf(identity.ask(refreshSession, { refreshToken }));

  /** A company whose owner has an authenticator app, and a member who has none. */
  const aCompany = async () => {
    const { session, secret } = await mfa.withTotp();
    const { id, slug } = await identity.ask(createTenant, { name: 'Plomberie' }, callerOf(session));
    const owner = await switchTo(session, id);
    const person = await identity.signUp();
    const { token } = await invite(identity, owner, person.user.email);
    await identity.ask(acceptInvitation, { token }, callerOf(person));
    return { owner, secret, id, slug, person };
  };

  it('are required of members, who sign in again and are told in their tokens', async () => {
    const { owner, id, slug, person } = await aCompany();
    const elsewhere = await identity.ask(login, { email: person.user.email, password: PASSWORD });
    const member = await switchTo(person, id);
    expect(standingIn(member)).toBeUndefined();
    await identity.ask(putMfaPolicy, { requireMfa: true }, callerOf(owner));
    expect(await refreshes(member)).toMatchObject({ status: 401 });
    expect(await refreshes(elsewhere)).toBe('none');
    expect(await refreshes(owner)).toBe('none');
    const again = await identity.ask(login, {
      email: person.user.email,
      password: PASSWORD,
      tenantSlug: slug,
    });
    expect(standingIn(again)).toBe('due');
    expect(await identity.ask(getMfa, {}, callerOf(again))).toMatchObject({
      enrolled: false,
      required: true,
    });
    const { data } = await identity.ask(listAuditLogs, { action: 'mfa.policy_changed' }, callerOf(owner));
    expect(data).toEqual([
      expect.objectContaining({ before: { requireMfa: false }, after: { requireMfa: true } }),
    ]);
  });

  it('are no longer due once they are not required', async () => {
    const { owner, id, person } = await aCompany();
    await identity.ask(putMfaPolicy, { requireMfa: true }, callerOf(owner));
    const member = await switchTo(person, id);
    expect(standingIn(member)).toBe('due');
    await identity.ask(putMfaPolicy, { requireMfa: false }, callerOf(owner));
    const { accessToken } = await identity.ask(refreshSession, { refreshToken: member.refreshToken });
    expect(decodeJwt(accessToken)).not.toHaveProperty('mfa');
    expect(await identity.ask(getMfaPolicy, {}, callerOf(owner))).toEqual({ requireMfa: false });
  });

  it('are not required by who has none, nor by members', async () => {
    const session = await identity.signUp();
    const own = identity.ask(putMfaPolicy, { requireMfa: true }, callerOf(session));
    expect(await refusalOf(own)).toEqual({ status: 409, code: 'STATE_CONFLICT' });
    const { id, person } = await aCompany();
    const member = callerOf(await switchTo(person, id));
    const theirs = identity.ask(putMfaPolicy, { requireMfa: true }, { ...member, roles: ['owner'] });
    expect(await refusalOf(theirs)).toEqual({ status: 403, code: 'FORBIDDEN' });
  });

  it('are reset by super admins, who leave a trace; the person hears of it and signs in again', async () => {
    const { session, secret } = await mfa.withTotp();
    const pending = await mfa.challenge(session);
    const admin = { ...callerOf(await identity.signUp()), roles: ['owner' as const, 'super_admin' as const] };
    const id = session.user.id;
    expect(await refusalOf(identity.ask(resetMfa, { id }, callerOf(session)))).toMatchObject({ status: 403 });
    expect(await refusalOf(identity.ask(resetMfa, { id: newId() }, admin))).toMatchObject({ status: 404 });
    await identity.ask(resetMfa, { id }, admin);
    expect(await refreshes(session)).toMatchObject({ status: 401 });
    const late = mfa.verify({ challengeToken: pending.challengeToken, code: nextCode(secret) });
    expect(await refusalOf(late)).toMatchObject({ status: 401 });
    const again = await identity.ask(login, { email: session.user.email, password: PASSWORD });
    expect(standingIn(again)).toBeUndefined();
    const { data } = await identity.ask(listAllAuditLogs, { action: 'mfa.reset' }, admin);
    expect(data).toEqual([
      expect.objectContaining({
        resourceId: id,
        actorUserId: admin.userId,
        before: { totp: true, passkeys: 0 },
      }),
    ]);
    const mails = (await identity.published(emailRequestedV1.type)).map(
      ({ payload }) => payload as EmailRequestedV1,
    );
    expect(mails).toContainEqual(expect.objectContaining({ userId: id, template: 'mfa_reset' }));
  });
});
