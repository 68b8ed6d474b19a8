import {
  type CallerContext,
  createAccount,
  emailRequestedV1,
  getTenant,
  getUser,
  listTenants,
  listUsers,
  login,
  newId,
  resetPassword,
  tenantReactivatedV1,
  tenantSuspendedV1,
  reactivateTenant,
  suspendTenant,
  updateUser,
  userReactivatedV1,
  userSuspendedV1,
} from '@parley/contracts';
import { anEmail, callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { join, openCompany, signIn, statusesOf, superAdmin, tokenMailedTo } from './members-in-test';

describe('administration of accounts', () => {
  let identity: IdentityInTest;
  let root: Partial<CallerContext>;
  beforeAll(async () => {
    identity = await startIdentity();
    root = await superAdmin(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const create = (fields: object = {}) =>
    identity.ask(createAccount, { email: anEmail(), name: 'Zoé Roy', locale: 'fr', ...fields }, root);

  describe('an account opened for somebody', () => {
    it('is verified, has no password, and gets one by the mailed link', async () => {
      const { user, tenant } = await create({ company: 'Toitures Roy' });
      expect(user).toMatchObject({ emailVerified: true, status: 'active', platformRole: 'user' });
      expect(tenant).toMatchObject({ kind: 'personal', name: 'Toitures Roy', role: 'owner' });
      const credentials = { email: user.email, password: PASSWORD };
      await expect(identity.ask(login, credentials)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
      const token = await tokenMailedTo(identity, user.email, 'set_password');
      await identity.ask(resetPassword, { token, password: PASSWORD });
      await expect(identity.ask(login, credentials)).resolves.toMatchObject({ user: { id: user.id } });
      await expect(identity.ask(resetPassword, { token, password: 'another phrase' })).rejects.toMatchObject({
        status: 401,
      });
      const mails = (await identity.published(emailRequestedV1.type)).filter(
        ({ payload }) => (payload as { to: string }).to === user.email,
      );
      expect(mails.map(({ payload }) => (payload as { template: string }).template)).toEqual([
        'set_password',
      ]);
    });

    it('may be a member of a tenant that exists, while a seat is free', async () => {
      const owner = await openCompany(identity);
      const { id } = owner.tenant;
      const { tenant, memberships } = await create({ tenantId: id, role: 'admin' });
      expect([tenant.id, tenant.role, memberships.length]).toEqual([id, 'admin', 1]);
      await identity.database.query('UPDATE identity.tenants SET seat_limit = 3 WHERE id = $1', [id]);
      const last = await statusesOf([create({ tenantId: id }), create({ tenantId: id })]);
      expect(last).toEqual([200, 402]);
      await expect(create({ tenantId: newId() })).rejects.toMatchObject({ status: 404 });
    });

    it('is one, however often it is asked for', async () => {
      const email = anEmail();
      const tries = [create({ email }), create({ email: email.toUpperCase() }), create({ email })];
      expect(await statusesOf(tries)).toEqual([200, 409, 409]);
      await expect(create({ email })).rejects.toMatchObject({ code: 'DUPLICATE' });
    });

    it('is refused with facts that contradict each other', async () => {
      await expect(create({ role: 'admin' })).rejects.toMatchObject({ details: [{ field: 'role' }] });
      const { tenant } = await identity.signUp();
      await expect(create({ tenantId: tenant.id, company: 'x' })).rejects.toMatchObject({
        details: [{ field: 'company' }],
      });
    });

    it('is opened by super admins only, in person', async () => {
      const request = { email: anEmail(), name: 'x' };
      const owner = callerOf(await identity.signUp());
      await expect(identity.ask(createAccount, request, owner)).rejects.toMatchObject({ status: 403 });
      const acting = { ...root, impersonatorId: newId() };
      await expect(identity.ask(createAccount, request, acting)).rejects.toMatchObject({ status: 403 });
    });
  });

  describe('the list of people', () => {
    it('is its members alone for admins of a tenant, and tells nothing of them elsewhere', async () => {
      const owner = await openCompany(identity);
      const admin = await join(identity, owner, 'admin');
      const member = await join(identity, owner);
      await identity.signUp();
      const { data } = await identity.ask(listUsers, {}, callerOf(admin));
      expect(data.map(({ id, role }) => [id, role]).sort()).toEqual(
        [
          [owner.user.id, 'owner'],
          [admin.user.id, 'admin'],
          [member.user.id, 'user'],
        ].sort(),
      );
      const seen = data.find(({ id }) => id === owner.user.id);
      expect(seen).toMatchObject({ tenantCount: 1, lastLoginAt: null, platformRole: 'user' });
      const admins = await identity.ask(listUsers, { role: 'admin' }, callerOf(owner));
      expect(admins.data.map(({ id }) => id)).toEqual([admin.user.id]);
    });

    it('knows no other tenant, and is not for users', async () => {
      const owner = await openCompany(identity);
      const other = await openCompany(identity);
      await expect(
        identity.ask(listUsers, { tenantId: other.tenant.id }, callerOf(owner)),
      ).rejects.toMatchObject({ status: 404 });
      const q = other.user.email;
      await expect(identity.ask(listUsers, { q }, callerOf(owner))).resolves.toMatchObject({ data: [] });
      const user = await join(identity, owner);
      await expect(identity.ask(listUsers, {}, callerOf(user))).rejects.toMatchObject({ status: 403 });
      const admins = { role: 'super_admin' as const };
      await expect(identity.ask(listUsers, admins, callerOf(owner))).rejects.toMatchObject({ status: 403 });
      await expect(
        identity.ask(listUsers, {}, { tenantId: owner.tenant.id, scopes: [] }),
      ).rejects.toMatchObject({
        status: 403,
      });
    });

    it('is of one tenant, or of one role, for super admins', async () => {
      const owner = await openCompany(identity);
      const member = await join(identity, owner);
      const here = await identity.ask(listUsers, { tenantId: owner.tenant.id }, root);
      expect(here.data.map(({ id, role }) => [id, role])).toEqual([
        [member.user.id, 'user'],
        [owner.user.id, 'owner'],
      ]);
      const { id } = member.user;
      await identity.database.query(`UPDATE identity.users SET platform_role = 'super_admin' WHERE id = $1`, [
        id,
      ]);
      const supers = await identity.ask(listUsers, { role: 'super_admin' }, root);
      expect(supers.data.map((each) => each.id)).toEqual([id]);
      const both = await identity.ask(listUsers, { role: 'user', q: member.user.email }, root);
      expect(both.data).toHaveLength(1);
    });
  });

  describe('details', () => {
    it('of a person name memberships and living sessions, never a secret', async () => {
      const owner = await openCompany(identity);
      const member = await join(identity, owner);
      await signIn(identity, member);
      const found = await identity.ask(getUser, { id: member.user.id }, root);
      expect(found).toMatchObject({
        email: member.user.email,
        hasPassword: true,
        sessionCount: 2,
        tenantCount: 1,
        memberships: [{ tenantId: owner.tenant.id, role: 'user', status: 'active', agencyId: null }],
      });
      expect(JSON.stringify(found)).not.toContain('$2b$');
      await expect(identity.ask(getUser, { id: newId() }, root)).rejects.toMatchObject({ status: 404 });
      await expect(identity.ask(getUser, { id: owner.user.id }, callerOf(owner))).rejects.toMatchObject({
        status: 403,
      });
    });

    it('of a tenant name its owner and what it has', async () => {
      const owner = await openCompany(identity);
      await expect(identity.ask(getTenant, { id: owner.tenant.id }, root)).resolves.toMatchObject({
        slug: owner.tenant.slug,
        ownerEmail: owner.user.email,
        memberCount: 1,
        subAccountCount: 0,
        agency: false,
        parentId: null,
      });
      await expect(identity.ask(getTenant, { id: newId() }, root)).rejects.toMatchObject({ status: 404 });
      const companies = await identity.ask(listTenants, { kind: 'company', q: owner.tenant.slug }, root);
      expect(companies.data).toHaveLength(1);
      const personal = await identity.ask(listTenants, { kind: 'personal', q: owner.tenant.slug }, root);
      expect(personal.data).toEqual([]);
    });
  });

  it('suspends and reactivates a person by status, and tells of each change once', async () => {
    const { user } = await identity.signUp();
    const set = (status: 'active' | 'suspended') => identity.ask(updateUser, { id: user.id, status }, root);
    for (const status of ['suspended', 'suspended', 'active'] as const)
      await expect(set(status)).resolves.toMatchObject({ status });
    for (const type of [userSuspendedV1.type, userReactivatedV1.type]) {
      const told = (await identity.published(type)).filter(({ meta }) => meta.subject === user.id);
      expect(told).toHaveLength(1);
    }
  });

  it('numbers the changes of a tenant, so that late news are known as such', async () => {
    const { tenant } = await identity.signUp();
    const { id } = tenant;
    for (const reason of ['first', 'second']) {
      await identity.ask(suspendTenant, { id, reason }, root);
      await identity.ask(reactivateTenant, { id }, root);
    }
    const versions = async (type: string) =>
      (await identity.published(type))
        .filter(({ meta }) => meta.subject === id)
        .map(({ payload }) => (payload as { version: number }).version);
    expect(await versions(tenantSuspendedV1.type)).toEqual([2, 4]);
    expect(await versions(tenantReactivatedV1.type)).toEqual([3, 5]);
  });

  it('signs a person in to a tenant that works, not to the suspended one', async () => {
    const person = await identity.signUp();
    const owner = await openCompany(identity);
    await identity.ask(createAccount, { email: anEmail(), name: 'x', tenantId: owner.tenant.id }, root);
    await identity.database.query(
      `INSERT INTO identity.memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'user')`,
      [newId(), owner.tenant.id, person.user.id],
    );
    await identity.ask(suspendTenant, { id: person.tenant.id, reason: 'unpaid' }, root);
    const credentials = { email: person.user.email, password: PASSWORD };
    await expect(identity.ask(login, credentials)).resolves.toMatchObject({
      tenant: { id: owner.tenant.id },
    });
    await expect(signIn(identity, person)).rejects.toMatchObject({ code: 'ACCOUNT_SUSPENDED' });
  });
});
