import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import type { Socket } from 'socket.io-client';
import { type SignedIn, TwoGateways } from './support/two-gateways';

/** The promise: so soon every gateway refuses and every socket is cut, whatever ended the session. */
const WITHIN_MS = 5_000;

describe('what ends a session ends it on two gateways', () => {
  let platform: TwoGateways;
  let root: SignedIn;
  const measured: string[] = [];

  beforeAll(async () => {
    platform = await TwoGateways.start();
    root = await platform.signUpAdmin();
  });
  afterEach(() => platform.hangUp());
  afterAll(async () => {
    process.stdout.write(`revocation, both gateways and both sockets:\n${measured.join('\n')}\n`);
    await platform?.close();
  });

  const isRefused = async (token: string, at: number): Promise<void> => {
    expect((await platform.call('GET', '/v1/users/me', { token, at })).status).toBe(401);
  };
  const isCut = (socket: Socket): void => expect(socket.connected).toBe(false);

  /** Opens a socket on each gateway, lets it happen, and waits until both gateways and sockets know. */
  async function cutsBoth(
    what: string,
    token: string,
    happen: () => Promise<{ status: number }>,
  ): Promise<void> {
    await platform.bothAccept(token);
    const sockets = [await platform.connect(token, 0), await platform.connect(token, 1)];
    const startedAt = performance.now();
    const { status } = await happen();
    expect([200, 204]).toContain(status);
    await eventually(async () => {
      for (const at of [0, 1]) await isRefused(token, at);
      sockets.forEach(isCut);
    }, WITHIN_MS);
    measured.push(`  ${what}: ${Math.round(performance.now() - startedAt)} ms`);
  }

  it('a sign-out', async () => {
    const { accessToken: token } = await platform.signUp();
    await cutsBoth('sign-out', token, () => platform.call('POST', '/v1/auth/logout', { token }));
  });

  it('a session revoked from another device', async () => {
    const here = await platform.signUp();
    const there = await platform.signIn(here);
    const { body } = await platform.call<{ data: { id: string; current: boolean }[] }>(
      'GET',
      '/v1/users/me/sessions',
      { token: there.accessToken },
    );
    const current = body.data.find((session) => session.current);
    await cutsBoth('revoked from another device', there.accessToken, () =>
      platform.call('DELETE', `/v1/users/me/sessions/${current?.id}`, { token: here.accessToken }),
    );
    await platform.bothAccept(here.accessToken);
  });

  it('a suspension', async () => {
    const { accessToken, userId } = await platform.signUp();
    await cutsBoth('suspension', accessToken, () =>
      platform.call('POST', `/v1/admin/users/${userId}/suspend`, {
        token: root.accessToken,
        body: { reason: 'fraud' },
      }),
    );
  });

  /** A company, its founder's token and that of a member. */
  const company = async (): Promise<{ id: string; boss: string; guest: SignedIn; token: string }> => {
    const founder = await platform.signUp();
    const guest = await platform.signUp();
    const { body: opened } = await platform.call<{ id: string }>('POST', '/v1/tenants', {
      token: founder.accessToken,
      body: { name: 'Toitures Roy' },
    });
    const switchTo = async ({ accessToken: token }: SignedIn): Promise<string> => {
      const body = { tenantId: opened.id };
      const answer = await platform.call<SignedIn>('POST', '/v1/auth/switch-tenant', { token, body });
      return answer.body.accessToken;
    };
    const boss = await switchTo(founder);
    // Nobody mails invitations here.
    await platform.database.query(
      `INSERT INTO identity.memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'user')`,
      [newId(), opened.id, guest.userId],
    );
    return { id: opened.id, boss, guest, token: await switchTo(guest) };
  };

  it('a change of role', async () => {
    const { boss, guest, token } = await company();
    await cutsBoth('change of role', token, () =>
      platform.call('PATCH', `/v1/members/${guest.userId}`, { token: boss, body: { role: 'admin' } }),
    );
    await platform.bothAccept(boss);
  });

  it('the removal of a member', async () => {
    const { boss, guest, token } = await company();
    await cutsBoth('removal of a member', token, () =>
      platform.call('DELETE', `/v1/members/${guest.userId}`, { token: boss }),
    );
    await platform.bothAccept(boss);
  });

  it('the suspension of the tenant, for every member', async () => {
    const { id, boss, token } = await company();
    await cutsBoth('suspension of the tenant', token, () =>
      platform.call('POST', `/v1/admin/tenants/${id}/suspend`, {
        token: root.accessToken,
        body: { reason: 'unpaid' },
      }),
    );
    await eventually(async () => {
      for (const at of [0, 1]) await isRefused(boss, at);
    }, WITHIN_MS);
  });

  it('a sign-out everywhere, on this device and the others', async () => {
    const here = await platform.signUp();
    const there = await platform.signIn(here);
    await cutsBoth('sign-out everywhere', there.accessToken, () =>
      platform.call('DELETE', '/v1/users/me/sessions?all=true', { token: here.accessToken }),
    );
    await eventually(async () => {
      for (const at of [0, 1]) await isRefused(here.accessToken, at);
    }, WITHIN_MS);
  });

  it('a change of password, elsewhere', async () => {
    const here = await platform.signUp();
    const there = await platform.signIn(here);
    await cutsBoth('change of password', there.accessToken, () =>
      platform.call('PUT', '/v1/users/me/password', {
        token: here.accessToken,
        body: { currentPassword: here.password, newPassword: 'quite another phrase' },
      }),
    );
    await platform.bothAccept(here.accessToken);
  });

  const impersonate = async (by: SignedIn, whom: SignedIn) => {
    interface Started {
      accessToken: string;
      impersonation: { id: string };
    }
    const answer = await platform.call<Started>('POST', '/v1/admin/impersonations', {
      token: by.accessToken,
      body: { userId: whom.userId, reason: 'Ticket 4711: calls are missing' },
    });
    return answer.body;
  };

  it('the end of an impersonation, and not the person’s own session', async () => {
    const person = await platform.signUp();
    const { accessToken, impersonation } = await impersonate(root, person);
    await cutsBoth('end of an impersonation', accessToken, () =>
      platform.call('DELETE', `/v1/admin/impersonations/${impersonation.id}`, { token: root.accessToken }),
    );
    await platform.bothAccept(person.accessToken);
  });

  it('the super admin’s sign-out, for whom they act as', async () => {
    const person = await platform.signUp();
    const session = await platform.signIn(root);
    const { accessToken } = await impersonate(session, person);
    await cutsBoth('sign-out of the super admin', accessToken, () =>
      platform.call('POST', '/v1/auth/logout', { token: session.accessToken }),
    );
    await platform.bothAccept(person.accessToken);
  });

  it('also for a gateway that was not running then', async () => {
    const [ended, living] = [await platform.signUp(), await platform.signUp()];
    await platform.call('POST', '/v1/auth/logout', { token: ended.accessToken });
    await eventually(() => isRefused(ended.accessToken, 0), WITHIN_MS);
    await platform.addGateway();
    const at = platform.gateways.length - 1;
    // The very first answer: nothing may get in while it is not known who may.
    await isRefused(ended.accessToken, at);
    expect((await platform.call('GET', '/v1/users/me', { token: living.accessToken, at })).status).toBe(200);
  });

  it('also for a gateway that was cut off from the broker, with its sockets', async () => {
    const [ended, living] = [await platform.signUp(), await platform.signUp()];
    for (const { accessToken } of [ended, living]) await platform.bothAccept(accessToken);
    const [cut, kept] = [
      await platform.connect(ended.accessToken, 1),
      await platform.connect(living.accessToken, 1),
    ];
    platform.cable.pull();
    await platform.call('POST', '/v1/auth/logout', { token: ended.accessToken });
    await eventually(() => isRefused(ended.accessToken, 0), WITHIN_MS);
    // It has no way to know, so it lets nobody in rather than the wrong one.
    expect((await platform.call('GET', '/v1/users/me', { token: ended.accessToken, at: 1 })).status).toBe(
      503,
    );
    platform.cable.putBack();
    await eventually(async () => {
      await isRefused(ended.accessToken, 1);
      isCut(cut);
      const me = await platform.call('GET', '/v1/users/me', { token: living.accessToken, at: 1 });
      expect(me.status).toBe(200);
    }, 15_000);
    expect(kept.connected).toBe(true);
  });
});
