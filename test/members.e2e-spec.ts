import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type Member, TestPlatform } from './support/platform';

interface Session {
  accessToken: string;
  user: { id: string };
  tenant: { id: string; slug: string; role: string };
}

/** How soon every gateway must know that a session ended. */
const CUT_WITHIN_MS = 5_000;

describe('members over HTTP', () => {
  let platform: TestPlatform;
  let owner: Member;
  beforeAll(async () => {
    platform = await TestPlatform.start();
    owner = await platform.signUp('Owner');
  });
  afterAll(() => platform?.close());

  const ask = async <Body>(method: string, path: string, token: string, body?: unknown) =>
    platform.call<Body>(method, `/v1/${path}`, { token, ...(body === undefined ? {} : { body }) });
  const switchTo = async (token: string, tenantId: string): Promise<Session> => {
    const { status, body } = await ask<Session>('POST', 'auth/switch-tenant', token, { tenantId });
    expect(status).toBe(200);
    return body;
  };
  const signIn = async ({ email, password }: Member, tenantSlug: string): Promise<Session> => {
    const body = { email, password, tenantSlug };
    return (await platform.call<Session>('POST', '/v1/auth/login', { body })).body;
  };
  const isCut = (token: string) =>
    eventually(async () => {
      expect((await ask('GET', 'users/me', token)).status).toBe(401);
    }, CUT_WITHIN_MS);

  it('invite, accept, switch, change a role, cut the token, sign in again, leave', async () => {
    const company = await ask<{ id: string; slug: string }>('POST', 'tenants', owner.accessToken, {
      name: 'Toitures Roy',
    });
    expect(company.status).toBe(201);
    const { id: tenantId, slug } = company.body;
    const boss = await switchTo(owner.accessToken, tenantId);
    await isCut(owner.accessToken);

    const guest = await platform.signUp('Guest');
    const invited = await ask<{ id: string }>('POST', 'invitations', boss.accessToken, {
      email: guest.email,
      role: 'user',
    });
    expect(invited.status).toBe(201);
    expect(JSON.stringify(invited.body)).not.toContain('token');
    const token = await platform.tokenMailedTo(guest.email, 'accept-invitation');
    const path = `invitations/${token}/accept`;
    expect((await platform.call('POST', `/v1/${path}`, { body: {} })).status).toBe(401);
    const accepted = await ask<{ session: null }>('POST', path, guest.accessToken, {});
    expect([accepted.status, accepted.body.session]).toEqual([200, null]);
    expect((await ask('POST', path, guest.accessToken, {})).status).toBe(404);

    const member = await switchTo(guest.accessToken, tenantId);
    expect(member.tenant).toMatchObject({ id: tenantId, role: 'user' });
    expect((await ask('GET', 'members', member.accessToken)).status).toBe(403);

    const promotion = await ask('PATCH', `members/${guest.userId}`, boss.accessToken, { role: 'admin' });
    expect(promotion.status).toBe(200);
    await isCut(member.accessToken);

    const admin = await signIn(guest, slug);
    const members = await ask<{ data: { userId: string; role: string }[] }>(
      'GET',
      'members',
      admin.accessToken,
    );
    expect(members.body.data.map(({ userId, role }) => [userId, role])).toEqual([
      [guest.userId, 'admin'],
      [owner.userId, 'owner'],
    ]);
    expect((await ask('DELETE', `members/${owner.userId}`, admin.accessToken)).status).toBe(409);
    expect((await ask('POST', 'tenant/transfer', admin.accessToken, { userId: guest.userId })).status).toBe(
      403,
    );

    expect((await ask('POST', 'tenant/leave', admin.accessToken)).status).toBe(204);
    await isCut(admin.accessToken);
    const home = await platform.call<Session>('POST', '/v1/auth/login', {
      body: { email: guest.email, password: guest.password },
    });
    expect(home.body.tenant.id).toBe(guest.tenantId);
    expect((await ask('POST', 'auth/switch-tenant', home.body.accessToken, { tenantId })).status).toBe(404);
  });

  it('let a new person in with a name and a password, and lets the company change hands', async () => {
    const founder = await platform.signUp('Founder');
    const company = await ask<{ id: string; slug: string }>('POST', 'tenants', founder.accessToken, {
      name: 'Relève inc.',
    });
    const boss = await switchTo(founder.accessToken, company.body.id);
    const email = `heir-${newId()}@example.test`;
    expect((await ask('POST', 'invitations', boss.accessToken, { email, role: 'admin' })).status).toBe(201);
    const token = await platform.tokenMailedTo(email, 'accept-invitation');
    const accepted = await platform.call<{ session: Session }>('POST', `/v1/invitations/${token}/accept`, {
      body: { name: 'Heir', password: 'a long enough phrase' },
    });
    expect(accepted.status).toBe(200);
    const heir = accepted.body.session;
    expect((await ask('GET', 'invitations', heir.accessToken)).body).toEqual({ data: [], nextCursor: null });
    const transfer = await ask('POST', 'tenant/transfer', boss.accessToken, { userId: heir.user.id });
    expect([transfer.status, transfer.body]).toEqual([
      200,
      expect.objectContaining({ email, role: 'owner' }),
    ]);
    await Promise.all([isCut(boss.accessToken), isCut(heir.accessToken)]);
    expect((await signIn(founder, company.body.slug)).tenant.role).toBe('admin');
  });

  it('suspends and reactivates for super admins only', async () => {
    const root = await platform.signUpAdmin();
    const target = await platform.signUp('Target');
    const path = `admin/tenants/${target.tenantId}`;
    const reason = { reason: 'unpaid invoices' };
    expect((await ask('POST', `${path}/suspend`, target.accessToken, reason)).status).toBe(403);
    expect((await ask('POST', `${path}/suspend`, root.accessToken, reason)).status).toBe(200);
    await isCut(target.accessToken);
    const { email, password, refreshToken } = target;
    for (const [door, body] of [
      ['login', { email, password }],
      ['refresh', { refreshToken }],
    ] as const) {
      const refused = await platform.call('POST', `/v1/auth/${door}`, { body });
      expect([refused.status, refused.body]).toEqual([
        403,
        expect.objectContaining({ error: expect.objectContaining({ code: 'ACCOUNT_SUSPENDED' }) as unknown }),
      ]);
    }
    expect((await ask('POST', `${path}/reactivate`, root.accessToken)).status).toBe(200);
    expect((await platform.call('POST', '/v1/auth/login', { body: { email, password } })).status).toBe(200);
    const found = await ask<{ data: { email: string }[] }>(
      'GET',
      `admin/users?q=${email}&status=active`,
      root.accessToken,
    );
    expect(found.body.data.map((each) => each.email)).toEqual([email]);
    expect((await ask('GET', 'admin/users', target.accessToken)).status).toBe(401);
  });
});
