import {
  acceptInvitation,
  type CallerContext,
  listTenants,
  listUsers,
  newId,
  reactivateTenant,
  reactivateUser,
  refreshSession,
  suspendTenant,
  suspendUser,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Client } from 'pg';
import { anEmail, callerOf, type IdentityInTest, startIdentity } from './identity-in-test';
import { endingsOf, invite, join, openCompany, signIn, statusesOf, superAdmin } from './members-in-test';

const SUSPENDED = { status: 403, code: 'ACCOUNT_SUSPENDED' };

describe('platform administration', () => {
  let identity: IdentityInTest;
  let root: Partial<CallerContext>;
  beforeAll(async () => {
    identity = await startIdentity();
    root = await superAdmin(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const refresh = ({ refreshToken }: { refreshToken: string }) =>
    identity.ask(refreshSession, { refreshToken });
  const reason = 'unpaid invoices';

  it('suspends a tenant: its sessions end, nobody gets in, until it is reactivated', async () => {
    const owner = await openCompany(identity);
    const member = await join(identity, owner);
    const { token } = await invite(identity, owner);
    const { id } = owner.tenant;
    const suspended = await identity.ask(suspendTenant, { id, reason }, root);
    expect(suspended).toMatchObject({ status: 'suspended', suspendedReason: reason, memberCount: 2 });
    expect(await identity.ask(suspendTenant, { id, reason: 'again' }, root)).toEqual(suspended);
    for (const session of [owner, member]) {
      expect(await endingsOf(identity, session)).toEqual(['tenant_suspended']);
      await expect(refresh(session)).rejects.toMatchObject(SUSPENDED);
      await expect(signIn(identity, session)).rejects.toMatchObject(SUSPENDED);
    }
    await expect(
      identity.ask(acceptInvitation, { token, name: 'Marc', password: 'correct horse battery' }),
    ).rejects.toMatchObject(SUSPENDED);
    await expect(invite(identity, owner)).rejects.toMatchObject(SUSPENDED);
    await expect(identity.ask(reactivateTenant, { id }, root)).resolves.toMatchObject({
      status: 'active',
      suspendedReason: null,
      suspendedAt: null,
    });
    await expect(refresh(owner)).rejects.toMatchObject({ status: 401 });
    await expect(signIn(identity, owner)).resolves.toHaveProperty('accessToken');
  });

  it('suspends a person in every tenant at once', async () => {
    const owner = await openCompany(identity);
    const member = await join(identity, owner);
    const { id } = member.user;
    await expect(identity.ask(suspendUser, { id, reason }, root)).resolves.toMatchObject({
      status: 'suspended',
      tenantCount: 1,
    });
    expect(await endingsOf(identity, member)).toEqual(['account_suspended']);
    expect(await endingsOf(identity, owner)).toEqual([]);
    await expect(refresh(member)).rejects.toMatchObject(SUSPENDED);
    await expect(signIn(identity, member)).rejects.toMatchObject(SUSPENDED);
    await identity.ask(reactivateUser, { id }, root);
    await expect(signIn(identity, member)).resolves.toHaveProperty('accessToken');
  });

  it.each(['tenant', 'person'] as const)(
    'makes a sign-in wait for the suspension of its %s',
    async (whose) => {
      const session = await identity.signUp();
      const [table, id] = whose === 'tenant' ? ['tenants', session.tenant.id] : ['users', session.user.id];
      const raw = new Client({ connectionString: identity.database.urlOf('identity') });
      await raw.connect();
      try {
        await raw.query('BEGIN');
        await raw.query('SET LOCAL ROLE parley_identity_system');
        await raw.query(`UPDATE identity.${table} SET status = 'suspended' WHERE id = $1`, [id]);
        const attempt = signIn(identity, session).catch((error: unknown) => error);
        await eventually(async () => {
          const waiting = await identity.database.query(
            `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          expect(waiting).toHaveLength(1);
        });
        await raw.query('COMMIT');
        expect(await attempt).toMatchObject(SUSPENDED);
      } finally {
        await raw.end();
      }
    },
  );

  it('leaves no session behind when sign-in and suspension meet', async () => {
    for (let round = 0; round < 5; round++) {
      const person = await identity.signUp();
      const suspension =
        round % 2
          ? identity.ask(suspendUser, { id: person.user.id, reason }, root)
          : identity.ask(suspendTenant, { id: person.tenant.id, reason }, root);
      const outcomes = await statusesOf([
        signIn(identity, person),
        suspension,
        signIn(identity, person),
        refresh(person),
      ]);
      expect(outcomes.every((status) => [200, 401, 403].includes(status))).toBe(true);
      const live = await identity.database.query(
        'SELECT id FROM identity.auth_sessions WHERE user_id = $1 AND revoked_at IS NULL',
        [person.user.id],
      );
      expect(live).toEqual([]);
    }
  });

  it('cannot lock itself out, nor act on what is not there or deleted', async () => {
    const { userId = '', tenantId = '' } = root;
    await expect(identity.ask(suspendUser, { id: userId, reason }, root)).rejects.toMatchObject({
      status: 409,
    });
    await expect(identity.ask(suspendTenant, { id: tenantId, reason }, root)).rejects.toMatchObject({
      status: 409,
    });
    await expect(identity.ask(suspendUser, { id: newId(), reason }, root)).rejects.toMatchObject({
      status: 404,
    });
    const { user } = await identity.signUp();
    await identity.database.query(`UPDATE identity.users SET status = 'deleted' WHERE id = $1`, [user.id]);
    const deleted = { id: user.id };
    await expect(identity.ask(suspendUser, { ...deleted, reason }, root)).rejects.toMatchObject({
      status: 409,
    });
    await expect(identity.ask(reactivateUser, deleted, root)).rejects.toMatchObject({ status: 409 });
  });

  it('finds tenants and people by what they begin with, taken literally', async () => {
    const company = await openCompany(identity);
    const name = `100%_${newId()}`;
    const email = `zoe.${anEmail()}`;
    const one = await identity.signUp({ name, email });
    await identity.signUp({ name: `100 ${newId()}` });
    const tenants = await identity.ask(listTenants, { q: ' 100%_' }, root);
    expect(tenants.data.map(({ id, ownerEmail }) => [id, ownerEmail])).toEqual([[one.tenant.id, email]]);
    const bySlug = await identity.ask(listTenants, { q: company.tenant.slug }, root);
    expect(bySlug.data.map(({ id }) => id)).toEqual([company.tenant.id]);
    const people = await identity.ask(listUsers, { q: 'ZOE.' }, root);
    expect(people.data.map(({ id }) => id)).toEqual([one.user.id]);
  });

  it('pages through everybody once, and by status', async () => {
    await identity.ask(suspendUser, { id: (await identity.signUp()).user.id, reason }, root);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: { id: string }[]; nextCursor: string | null } = await identity.ask(
        listUsers,
        { limit: 3, ...(cursor ? { cursor } : {}) },
        root,
      );
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    const all = await identity.database.query<{ id: string }>(
      'SELECT id FROM identity.users ORDER BY id DESC',
    );
    expect(seen).toEqual(all.map(({ id }) => id));
    const suspended = await identity.ask(listUsers, { status: 'suspended' }, root);
    expect(suspended.data.length).toBeGreaterThan(0);
    expect(new Set(suspended.data.map(({ status }) => status))).toEqual(new Set(['suspended']));
  });

  it('is for super admins only', async () => {
    const caller = callerOf(await identity.signUp());
    const id = newId();
    const refused = { status: 403, code: 'FORBIDDEN' };
    await expect(identity.ask(listTenants, {}, caller)).rejects.toMatchObject(refused);
    await expect(identity.ask(suspendTenant, { id, reason }, caller)).rejects.toMatchObject(refused);
    await expect(identity.ask(suspendUser, { id, reason }, caller)).rejects.toMatchObject(refused);
    await expect(identity.ask(reactivateTenant, { id }, caller)).rejects.toMatchObject(refused);
    await expect(identity.ask(reactivateUser, { id }, caller)).rejects.toMatchObject(refused);
  });
});
