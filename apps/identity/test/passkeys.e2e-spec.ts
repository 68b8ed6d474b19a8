import {
  login,
  listAllAuditLogs,
  listPasskeys,
  passkeyRegistrationOptions,
  passkeySignInOptions,
  addPasskey,
  removePasskey,
  renamePasskey,
  signInWithPasskey,
} from '@parley/contracts';
import { VirtualAuthenticator } from '@parley/testing';
import { decodeJwt } from 'jose';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity, stopClock } from './identity-in-test';
import { APP, MfaInTest, refusalOf } from './mfa-in-test';

const REFUSED = { status: 401, code: 'INVALID_CREDENTIALS' };
const OVER = { status: 401, code: 'INVALID_TOKEN' };

describe('passkeys', () => {
  let identity: IdentityInTest;
  let mfa: MfaInTest;
  beforeAll(async () => {
    identity = await startIdentity({ APP_URL: APP });
    mfa = new MfaInTest(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const options = () => identity.ask(passkeySignInOptions, {});
  const signIn = async (authenticator: VirtualAuthenticator, tenantSlug?: string) => {
    const { challengeToken, options: asked } = await options();
    const passkey = authenticator.get(asked);
    const request = { challengeToken, passkey, ...(tenantSlug === undefined ? {} : { tenantSlug }) };
    return identity.ask(signInWithPasskey, request);
  };

  it('sign in without a password or a name, and need no further factor', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    expect((await options()).options).not.toHaveProperty('allowCredentials');
    const signedIn = await signIn(authenticator, session.tenant.slug);
    expect(signedIn.user.id).toBe(session.user.id);
    expect(decodeJwt(signedIn.accessToken)).toMatchObject({ amr: ['webauthn'], mfa: 'enrolled' });
  });

  it('without a counter sign in as often as they like', async () => {
    const { authenticator } = await mfa.withPasskey(VirtualAuthenticator.at(APP, { counts: false }));
    await signIn(authenticator);
    await expect(signIn(authenticator)).resolves.toHaveProperty('accessToken');
  });

  it('that were cloned are refused, and the trail says so', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    const clone = authenticator.copy();
    await signIn(authenticator);
    expect(await refusalOf(signIn(clone))).toEqual(REFUSED);
    const admin = { ...callerOf(session), roles: ['super_admin' as const] };
    const { data } = await identity.ask(listAllAuditLogs, { action: 'mfa.passkey_cloned' }, admin);
    expect(data).toEqual([
      expect.objectContaining({ actorUserId: session.user.id, tenantId: session.tenant.id }),
    ]);
  });

  it('that were cloned lift no lock', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    const clone = authenticator.copy();
    await signIn(authenticator);
    const { email } = session.user;
    for (let n = 0; n < 5; n++) await refusalOf(identity.ask(login, { email, password: 'not the password' }));
    await refusalOf(signIn(clone));
    const right = identity.ask(login, { email, password: PASSWORD });
    expect(await refusalOf(right)).toEqual({ status: 429, code: 'ACCOUNT_LOCKED' });
  });

  it.each([
    ['another page', { origin: 'https://app.parley.test.evil.example', rpId: 'app.parley.test' }],
    ['another domain', { rpId: 'evil.example' }],
    ['nobody in particular', { userVerified: false }],
  ])('used for %s are refused, made there too', async (_where, lie) => {
    const { session, authenticator } = await mfa.withPasskey();
    expect(await refusalOf(signIn(authenticator.copy(lie)))).toEqual(REFUSED);
    const made = mfa.enrol(callerOf(session), VirtualAuthenticator.at(APP, lie));
    expect(await refusalOf(made)).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    await expect(signIn(authenticator)).resolves.toHaveProperty('accessToken');
  });

  it('answer one challenge once, in time', async () => {
    const clock = stopClock();
    try {
      const { session, authenticator } = await mfa.withPasskey();
      const { challengeToken, options: asked } = await options();
      const passkey = authenticator.get(asked);
      await identity.ask(signInWithPasskey, { challengeToken, passkey });
      const again = identity.ask(signInWithPasskey, { challengeToken, passkey });
      expect(await refusalOf(again)).toEqual(REFUSED);
      const late = await options();
      const begun = await identity.ask(passkeyRegistrationOptions, {}, callerOf(session));
      clock.pass(300);
      const tooLate = { challengeToken: late.challengeToken, passkey: authenticator.get(late.options) };
      expect(await refusalOf(identity.ask(signInWithPasskey, tooLate))).toEqual(REFUSED);
      const made = VirtualAuthenticator.at(APP).create(begun.options);
      const adding = { challengeToken: begun.challengeToken, passkey: made };
      expect(await refusalOf(identity.ask(addPasskey, adding, callerOf(session)))).toEqual(OVER);
    } finally {
      clock.release();
    }
  });

  it('with a foreign signature or an unknown id are refused alike, and lock nobody out', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    const stranger = VirtualAuthenticator.at(APP);
    stranger.create((await identity.ask(passkeyRegistrationOptions, {}, callerOf(session))).options);
    expect(await refusalOf(signIn(stranger))).toEqual(REFUSED);
    for (let n = 0; n < 6; n++) {
      const { challengeToken, options: asked } = await options();
      const { response } = stranger.get(asked);
      const passkey = { ...authenticator.copy().get(asked), response };
      expect(await refusalOf(identity.ask(signInWithPasskey, { challengeToken, passkey }))).toEqual(REFUSED);
    }
    await expect(signIn(authenticator)).resolves.toHaveProperty('accessToken');
  });

  it.each(['', '{}', 'null', '[1]', '\u0000\u0001', '{"type":"webauthn.get","challenge":"x"}'])(
    'are refused when what is said to be signed is %j',
    async (content) => {
      const { session, authenticator } = await mfa.withPasskey();
      const garbage = Buffer.from(`${content} `).toString('base64url');
      const { challengeToken, options: asked } = await options();
      const passkey = authenticator.get(asked);
      const response = { ...passkey.response, clientDataJSON: garbage };
      const assertion = { challengeToken, passkey: { ...passkey, response } };
      expect(await refusalOf(identity.ask(signInWithPasskey, assertion))).toEqual(REFUSED);
      const begun = await identity.ask(passkeyRegistrationOptions, {}, callerOf(session));
      const made = VirtualAuthenticator.at(APP).create(begun.options);
      const parts = { ...made.response, attestationObject: garbage };
      const adding = { challengeToken: begun.challengeToken, passkey: { ...made, response: parts } };
      expect(await refusalOf(identity.ask(addPasskey, adding, callerOf(session)))).toMatchObject({
        status: 400,
      });
    },
  );

  it('are listed, renamed and removed by their owner, and unknown to others', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    const owner = callerOf(session);
    await mfa.enrol(owner, VirtualAuthenticator.at(APP), 'Key on the ring');
    const { data } = await identity.ask(listPasskeys, {}, owner);
    expect(data.map(({ name }) => name)).toEqual(['Unknown device', 'Key on the ring']);
    const [{ id = '' } = {}] = data;
    const stranger = callerOf(await identity.signUp());
    const unknown = { status: 404, code: 'NOT_FOUND' };
    expect(await refusalOf(identity.ask(renamePasskey, { id, name: 'x' }, stranger))).toEqual(unknown);
    expect(await refusalOf(identity.ask(removePasskey, { id }, stranger))).toEqual(unknown);
    await expect(identity.ask(renamePasskey, { id, name: 'Phone' }, owner)).resolves.toMatchObject({
      id,
      name: 'Phone',
    });
    await identity.ask(removePasskey, { id }, owner);
    expect(await refusalOf(signIn(authenticator))).toEqual(REFUSED);
    await mfa.challenge(session);
  });

  it('of a suspended person open nothing', async () => {
    const { session, authenticator } = await mfa.withPasskey();
    await identity.database.query(`UPDATE identity.users SET status = 'suspended' WHERE id = $1`, [
      session.user.id,
    ]);
    expect(await refusalOf(signIn(authenticator))).toEqual({ status: 403, code: 'ACCOUNT_SUSPENDED' });
    const password = identity.ask(login, { email: session.user.email, password: PASSWORD });
    expect(await refusalOf(password)).toEqual({ status: 401, code: 'MFA_REQUIRED' });
  });
});
