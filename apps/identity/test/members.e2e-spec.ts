import {
  changeMemberRole,
  createTenant,
  getMe,
  leaveTenant,
  listMembers,
  newId,
  refreshSession,
  removeMember,
  switchTenant,
  tenantCreatedV1,
  transferTenant,
} from '@parley/contracts';
import { callerOf, DAY, type IdentityInTest, startIdentity, stopClock } from './identity-in-test';
import { endingsOf, join, openCompany, signIn, statusesOf } from './members-in-test';

describe('companies and their members', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const rolesIn = async (tenantId: string): Promise<string[]> => {
    const rows = await identity.database.query<{ role: string }>(
      `SELECT role FROM identity.memberships WHERE tenant_id = $1 AND status = 'active' ORDER BY role`,
      [tenantId],
    );
    return rows.map(({ role }) => role);
  };

  describe('a further company', () => {
    it('belongs to the caller, and is told of exactly once', async () => {
      const person = await identity.signUp({ timezone: 'America/Vancouver', country: 'CA' });
      const company = await identity.ask(createTenant, { name: ' Toitures Roy ' }, callerOf(person));
      expect(company).toMatchObject({
        name: 'Toitures Roy',
        businessName: 'Toitures Roy',
        kind: 'company',
        timezone: 'America/Vancouver',
        role: 'owner',
      });
      const { memberships } = await identity.ask(getMe, {}, callerOf(person));
      expect(memberships).toEqual([person.tenant, company]);
      const told = (await identity.published(tenantCreatedV1.type)).filter(
        ({ meta }) => meta.subject === company.id,
      );
      expect(told).toEqual([
        expect.objectContaining({ payload: expect.objectContaining({ kind: 'company' }) as unknown }),
      ]);
    });

    it('is one of ten at most, however many are asked for at once', async () => {
      const person = await identity.signUp();
      const tries = Array.from({ length: 12 }, (_, n) =>
        identity.ask(createTenant, { name: `Company ${n}` }, callerOf(person)),
      );
      expect((await statusesOf(tries)).filter((status) => status === 200)).toHaveLength(9);
    });

    it('is not opened for somebody else', async () => {
      const impersonated = { ...callerOf(await identity.signUp()), impersonatorId: newId() };
      await expect(identity.ask(createTenant, { name: 'Not mine' }, impersonated)).rejects.toMatchObject({
        status: 403,
      });
      await expect(identity.ask(createTenant, { name: 'Nobody’s' })).rejects.toMatchObject({ status: 401 });
    });
  });

  describe('switching', () => {
    it('exchanges the session for one in the other tenant', async () => {
      const person = await identity.signUp();
      const company = await identity.ask(createTenant, { name: 'Toitures Roy' }, callerOf(person));
      const there = await identity.ask(switchTenant, { tenantId: company.id }, callerOf(person));
      expect(there).toMatchObject({ user: { id: person.user.id }, tenant: company });
      await expect(identity.verify(there.accessToken)).resolves.toMatchObject({
        tid: company.id,
        roles: ['owner'],
      });
      expect(await endingsOf(identity, person)).toEqual(['tenant_switched']);
      await expect(identity.ask(refreshSession, { refreshToken: person.refreshToken })).rejects.toMatchObject(
        { status: 401 },
      );
      await expect(
        identity.ask(switchTenant, { tenantId: company.id }, callerOf(person)),
      ).rejects.toMatchObject({ status: 401 });
      await expect(identity.ask(refreshSession, { refreshToken: there.refreshToken })).resolves.toMatchObject(
        { tenant: company },
      );
    });

    it('finds no tenant of others', async () => {
      const [person, stranger] = [await identity.signUp(), await identity.signUp()];
      for (const tenantId of [stranger.tenant.id, newId()]) {
        await expect(identity.ask(switchTenant, { tenantId }, callerOf(person))).rejects.toMatchObject({
          status: 404,
        });
      }
      expect(await endingsOf(identity, person)).toEqual([]);
    });

    it('prolongs nothing', async () => {
      const clock = stopClock();
      try {
        let session = await identity.signUp();
        const home = session.tenant.id;
        const { id } = await identity.ask(createTenant, { name: 'Toitures Roy' }, callerOf(session));
        for (const tenantId of [id, home, id]) {
          clock.pass(29 * DAY);
          session = await identity.ask(switchTenant, { tenantId }, callerOf(session));
        }
        clock.pass(3 * DAY);
        await expect(
          identity.ask(refreshSession, { refreshToken: session.refreshToken }),
        ).rejects.toMatchObject({ status: 401 });
      } finally {
        clock.release();
      }
    });
  });

  describe('members', () => {
    it('are listed page by page, with nobody of another tenant', async () => {
      const owner = await openCompany(identity);
      await openCompany(identity);
      const [first, second] = [await join(identity, owner), await join(identity, owner, 'admin')];
      const page = await identity.ask(listMembers, { limit: 2 }, callerOf(owner));
      expect(page.data.map(({ userId, role }) => [userId, role])).toEqual([
        [second.user.id, 'admin'],
        [first.user.id, 'user'],
      ]);
      const rest = await identity.ask(
        listMembers,
        { limit: 2, cursor: page.nextCursor ?? '' },
        callerOf(owner),
      );
      expect(rest).toEqual({
        data: [expect.objectContaining({ email: owner.user.email, role: 'owner' })],
        nextCursor: null,
      });
      const notAnId = Buffer.from('["x"]').toString('base64url');
      await expect(identity.ask(listMembers, { cursor: notAnId }, callerOf(owner))).rejects.toMatchObject({
        status: 400,
      });
    });

    it('sign in again when their role changes, with the new one', async () => {
      const owner = await openCompany(identity);
      const member = await join(identity, owner);
      const userId = member.user.id;
      await expect(
        identity.ask(changeMemberRole, { userId, role: 'admin' }, callerOf(owner)),
      ).resolves.toMatchObject({ userId, role: 'admin' });
      expect(await endingsOf(identity, member)).toEqual(['role_changed']);
      await expect(identity.ask(refreshSession, { refreshToken: member.refreshToken })).rejects.toMatchObject(
        { status: 401 },
      );
      const again = await signIn(identity, member);
      expect(callerOf(again).roles).toEqual(['admin']);
      await identity.ask(changeMemberRole, { userId, role: 'admin' }, callerOf(owner));
      expect(await endingsOf(identity, again)).toEqual([]);
    });

    it('answer to those above them only, by the role they have now', async () => {
      const owner = await openCompany(identity);
      const [admin, other, user] = [
        await join(identity, owner, 'admin'),
        await join(identity, owner, 'admin'),
        await join(identity, owner),
      ];
      const change = (who: typeof owner, target: typeof owner, roles = callerOf(who).roles) =>
        identity.ask(
          changeMemberRole,
          { userId: target.user.id, role: 'user' },
          { ...callerOf(who), ...(roles ? { roles } : {}) },
        );
      await expect(change(admin, other)).rejects.toMatchObject({ status: 403 });
      await expect(change(admin, owner)).rejects.toMatchObject({ status: 409 });
      await expect(change(owner, owner)).rejects.toMatchObject({ status: 409 });
      await expect(change(user, other, ['owner'])).rejects.toMatchObject({ status: 403 });
      await expect(
        identity.ask(removeMember, { userId: owner.user.id }, callerOf(admin)),
      ).rejects.toMatchObject({ status: 409 });
      await expect(change(owner, other)).resolves.toMatchObject({ role: 'user' });
    });

    it('of other tenants cannot be reached', async () => {
      const [mine, theirs] = [await openCompany(identity), await openCompany(identity)];
      const { user } = await join(identity, theirs);
      const caller = callerOf(mine);
      await expect(
        identity.ask(changeMemberRole, { userId: user.id, role: 'admin' }, caller),
      ).rejects.toMatchObject({ status: 404 });
      await expect(identity.ask(removeMember, { userId: user.id }, caller)).rejects.toMatchObject({
        status: 404,
      });
      await expect(identity.ask(transferTenant, { userId: user.id }, caller)).rejects.toMatchObject({
        status: 404,
      });
      await expect(
        identity.ask(removeMember, { userId: user.id }, { ...caller, tenantId: theirs.tenant.id }),
      ).rejects.toMatchObject({ status: 403 });
      expect(await rolesIn(theirs.tenant.id)).toEqual(['owner', 'user']);
    });
  });

  describe('parting', () => {
    it('ends the sessions in that tenant and leaves the person one to sign in to', async () => {
      const owner = await openCompany(identity);
      const [removed, leaving] = [await join(identity, owner), await join(identity, owner)];
      await identity.ask(removeMember, { userId: removed.user.id }, callerOf(owner));
      await identity.ask(leaveTenant, {}, callerOf(leaving));
      expect(await endingsOf(identity, removed)).toEqual(['member_removed']);
      expect(await endingsOf(identity, leaving)).toEqual(['member_left']);
      for (const person of [removed, leaving]) {
        await expect(signIn(identity, person)).rejects.toMatchObject({ status: 403 });
        const home = await signIn(identity, { ...person, tenant: await homeOf(person.user.id) });
        expect(home.tenant).toMatchObject({ kind: 'personal', role: 'owner' });
      }
    });

    it('leaves sessions in other tenants alone', async () => {
      const owner = await openCompany(identity);
      const member = await join(identity, owner);
      const own = await identity.ask(createTenant, { name: 'Own' }, callerOf(member));
      const elsewhere = await signIn(identity, { ...member, tenant: own });
      await identity.ask(removeMember, { userId: member.user.id }, callerOf(owner));
      expect(await endingsOf(identity, elsewhere)).toEqual([]);
      const { memberships } = await identity.ask(getMe, {}, callerOf(elsewhere));
      expect(memberships).toEqual([own]);
    });

    it('is not for owners', async () => {
      const owner = await openCompany(identity);
      await expect(identity.ask(leaveTenant, {}, callerOf(owner))).rejects.toMatchObject({ status: 409 });
    });

    it('outruns a sign-in at the same moment', async () => {
      const owner = await openCompany(identity);
      for (let round = 0; round < 5; round++) {
        const member = await join(identity, owner);
        await Promise.allSettled([
          identity.ask(removeMember, { userId: member.user.id }, callerOf(owner)),
          signIn(identity, member),
          signIn(identity, member),
        ]);
        const live = await identity.database.query(
          `SELECT id FROM identity.auth_sessions WHERE user_id = $1 AND tenant_id = $2 AND revoked_at IS NULL`,
          [member.user.id, owner.tenant.id],
        );
        expect(live).toEqual([]);
      }
    });
  });

  describe('transfer of ownership', () => {
    it('swaps the roles and signs both in again', async () => {
      const owner = await openCompany(identity);
      const heir = await join(identity, owner);
      await expect(
        identity.ask(transferTenant, { userId: heir.user.id }, callerOf(owner)),
      ).resolves.toMatchObject({ userId: heir.user.id, role: 'owner' });
      for (const session of [owner, heir])
        expect(await endingsOf(identity, session)).toEqual(['ownership_transferred']);
      expect(callerOf(await signIn(identity, owner)).roles).toEqual(['admin']);
      expect(callerOf(await signIn(identity, heir)).roles).toEqual(['owner']);
    });

    it('is the owner’s to do, and not with a personal tenant', async () => {
      const owner = await openCompany(identity);
      const admin = await join(identity, owner, 'admin');
      await expect(
        identity.ask(transferTenant, { userId: admin.user.id }, { ...callerOf(admin), roles: ['owner'] }),
      ).rejects.toMatchObject({ status: 403 });
      const person = await identity.signUp();
      const guest = await join(identity, person);
      await expect(
        identity.ask(transferTenant, { userId: guest.user.id }, callerOf(person)),
      ).rejects.toMatchObject({ status: 409 });
    });

    it('leaves one owner, whatever else happens to the heirs at once', async () => {
      for (let round = 0; round < 5; round++) {
        const owner = await openCompany(identity);
        const [heir, rival] = [await join(identity, owner, 'admin'), await join(identity, owner)];
        const outcomes = await statusesOf([
          identity.ask(transferTenant, { userId: heir.user.id }, callerOf(owner)),
          identity.ask(transferTenant, { userId: rival.user.id }, callerOf(owner)),
          identity.ask(removeMember, { userId: heir.user.id }, callerOf(owner)),
          identity.ask(removeMember, { userId: rival.user.id }, callerOf(heir)),
          identity.ask(leaveTenant, {}, callerOf(heir)),
        ]);
        expect(outcomes.every((status) => [200, 403, 404, 409].includes(status))).toBe(true);
        expect((await rolesIn(owner.tenant.id)).filter((role) => role === 'owner')).toHaveLength(1);
      }
    });
  });

  const homeOf = async (userId: string) => {
    const [home] = await identity.database.query<{ slug: string }>(
      `SELECT slug FROM identity.tenants WHERE created_by = $1`,
      [userId],
    );
    return { slug: home?.slug ?? '' } as Awaited<ReturnType<typeof openCompany>>['tenant'];
  };
});
