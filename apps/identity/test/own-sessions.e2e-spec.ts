import {
  endOwnSession,
  endOwnSessions,
  listOwnSessions,
  login,
  newId,
  type OwnSession,
  refreshSession,
  type SessionResponse,
  sessionRevokedV1,
} from '@parley/contracts';
import { callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1';

describe('own sessions', () => {
  let identity: IdentityInTest;
  let first: SessionResponse;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });
  beforeEach(async () => {
    first = await identity.signUp();
  });

  const signIn = (userAgent = FIREFOX) =>
    identity.ask(login, { email: first.user.email, password: PASSWORD }, { userAgent });
  const list = async (session: SessionResponse): Promise<OwnSession[]> =>
    (await identity.ask(listOwnSessions, {}, callerOf(session))).data;
  const idOf = (session: SessionResponse): string => callerOf(session).sessionId ?? '';
  const isAlive = (session: SessionResponse): Promise<boolean> =>
    identity.ask(refreshSession, { refreshToken: session.refreshToken }).then(
      () => true,
      () => false,
    );

  it('tell the device, the address and which is this one', async () => {
    const second = await signIn();
    expect(await list(second)).toEqual([
      expect.objectContaining({
        id: idOf(second),
        device: 'Firefox on Linux',
        ip: '203.0.113.7',
        current: true,
      }),
      expect.objectContaining({ id: idOf(first), device: 'Unknown device', current: false }),
    ]);
    await identity.ask(
      refreshSession,
      { refreshToken: second.refreshToken },
      { userAgent: IPHONE, ip: '2001:db8::9' },
    );
    expect((await list(first))[0]).toMatchObject({ device: 'Safari on iPhone', ip: '2001:db8::9' });
  });

  it('tell the place, which goes with the address', async () => {
    const second = await identity.ask(
      login,
      { email: first.user.email, password: PASSWORD },
      { ip: '203.0.113.9', place: 'Québec, CA' },
    );
    const places = async () => (await list(first)).map(({ place }) => place);
    expect(await places()).toEqual(['Québec, CA', null]);
    const again = await identity.ask(
      refreshSession,
      { refreshToken: second.refreshToken },
      { ip: '203.0.113.9' },
    );
    expect(await places()).toEqual(['Québec, CA', null]);
    const moved = await identity.ask(
      refreshSession,
      { refreshToken: again.refreshToken },
      { ip: '203.0.113.10', place: 'Lyon, FR' },
    );
    expect(await places()).toEqual(['Lyon, FR', null]);
    await identity.ask(refreshSession, { refreshToken: moved.refreshToken }, { ip: '203.0.113.11' });
    expect(await places()).toEqual([null, null]);
  });

  it('come in pages', async () => {
    const sessions = [await signIn(), await signIn()];
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await identity.ask(
        listOwnSessions,
        { limit: 2, ...(cursor ? { cursor } : {}) },
        callerOf(first),
      );
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...sessions.reverse(), first].map(idOf));
  });

  it('end one at a time, with an event, and leave the list', async () => {
    const second = await signIn();
    await identity.ask(endOwnSession, { id: idOf(second) }, callerOf(first));
    expect((await list(first)).map(({ id }) => id)).toEqual([idOf(first)]);
    expect(await isAlive(second)).toBe(false);
    const told = (await identity.published(sessionRevokedV1.type)).filter(
      ({ meta }) => meta.subject === idOf(second),
    );
    expect(told).toEqual([
      expect.objectContaining({
        payload: { userId: first.user.id, sessionId: idOf(second), reason: 'revoked_by_user' },
      }),
    ]);
    await expect(identity.ask(endOwnSession, { id: idOf(second) }, callerOf(first))).rejects.toMatchObject({
      status: 404,
    });
  });

  it('of somebody else are unknown', async () => {
    const other = await identity.signUp();
    for (const id of [idOf(other), newId()]) {
      await expect(identity.ask(endOwnSession, { id }, callerOf(first))).rejects.toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
      });
    }
    expect(await isAlive(other)).toBe(true);
  });

  it.each([
    ['the others', {}, true],
    ['all', { all: true }, false],
    ['all but the current one, as 004 says it', { all: true, keepCurrent: true }, true],
  ])('end %s', async (_which, request, keeps) => {
    const [second, third] = [await signIn(), await signIn(IPHONE)];
    const other = await identity.signUp();
    await identity.ask(endOwnSessions, request, callerOf(second));
    expect(await isAlive(first)).toBe(false);
    expect(await isAlive(third)).toBe(false);
    expect(await isAlive(second)).toBe(keeps);
    expect(await isAlive(other)).toBe(true);
  });
});
