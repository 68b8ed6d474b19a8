import {
  type CallerContext,
  changeMemberRole,
  createSubAccount,
  leaveTenant,
  listAuditLogs,
  listMembers,
  listSubAccounts,
  newId,
  reactivateSubAccount,
  reactivateTenant,
  refreshSession,
  removeMember,
  type SessionResponse,
  type SubAccount,
  suspendSubAccount,
  suspendTenant,
  switchTenant,
  tenantCreatedV1,
  updateListedTenant,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Client } from 'pg';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';
import { endingsOf, invite, join, openCompany, signIn, statusesOf, superAdmin } from './members-in-test';

describe('an agency', () => {
  let identity: IdentityInTest;
  let root: Partial<CallerContext>;
  let agency: SessionResponse;
  let client: SubAccount;
  beforeAll(async () => {
    identity = await startIdentity();
    root = await superAdmin(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });

  const openAgency = async (): Promise<SessionResponse> => {
    const company = await openCompany(identity);
    await identity.ask(updateListedTenant, { id: company.tenant.id, agency: true }, root);
    return company;
  };
  const open = (by: SessionResponse, name = 'Client inc.') =>
    identity.ask(createSubAccount, { name }, callerOf(by));
  const enter = (by: SessionResponse, { id }: { id: string } = client) =>
    identity.ask(switchTenant, { tenantId: id }, callerOf(by));
  beforeEach(async () => {
    agency = await openAgency();
    client = await open(agency);
  });

  it('opens sub-accounts, told of with their parent, and lists its own alone', async () => {
    const other = await openAgency();
    await open(other, 'Theirs');
    const { data } = await identity.ask(listSubAccounts, {}, callerOf(agency));
    expect(data).toEqual([client]);
    expect(client).toMatchObject({ name: 'Client inc.', status: 'active', memberCount: 0 });
    const [told] = (await identity.published(tenantCreatedV1.type)).filter(
      ({ meta }) => meta.subject === client.id,
    );
    expect(told?.payload).toMatchObject({ parentId: agency.tenant.id, kind: 'company' });
  });

  it('is a company that the platform made one, with no agency above it', async () => {
    const company = await openCompany(identity);
    await expect(open(company)).rejects.toMatchObject({ status: 403 });
    const inside = await enter(agency);
    await expect(open(inside)).rejects.toMatchObject({ status: 403 });
    const make = (id: string, is: boolean) => identity.ask(updateListedTenant, { id, agency: is }, root);
    await expect(make(client.id, true)).rejects.toMatchObject({ status: 409 });
    await expect(make(agency.tenant.id, false)).rejects.toMatchObject({ status: 409 });
    const { tenant } = await identity.signUp();
    await expect(make(tenant.id, true)).rejects.toMatchObject({ status: 409 });
  });

  it.each([
    ['a second level', `UPDATE identity.tenants SET agency = true WHERE id = 'CLIENT'`],
    ['a circle', `UPDATE identity.tenants SET parent_id = 'CLIENT' WHERE id = 'AGENCY'`],
    ['itself as a parent', `UPDATE identity.tenants SET parent_id = id WHERE id = 'AGENCY'`],
  ])('cannot have %s, whoever writes the row', async (_what, sql) => {
    const written = sql.replace('CLIENT', client.id).replace('AGENCY', agency.tenant.id);
    await expect(identity.database.query(written)).rejects.toThrow(
      /tenants_agency_on_top|tenants_parent_is_agency/,
    );
  });

  it('lets its owner and admins in as admins, and nobody else', async () => {
    const admin = await join(identity, agency, 'admin');
    const user = await join(identity, agency);
    const stranger = await openAgency();
    expect((await enter(agency)).tenant).toMatchObject({ id: client.id, role: 'admin' });
    const inside = await enter(admin);
    await expect(identity.verify(inside.accessToken)).resolves.toMatchObject({ roles: ['admin'] });
    for (const nobody of [user, stranger, await identity.signUp()])
      await expect(enter(nobody)).rejects.toMatchObject({ status: 404 });
    const { data } = await identity.ask(listAuditLogs, { action: 'tenant.entered' }, callerOf(inside));
    expect(data.map(({ actorUserId, after }) => [actorUserId, after?.['agencyId']])).toEqual([
      [admin.user.id, agency.tenant.id],
      [agency.user.id, agency.tenant.id],
    ]);
  });

  it('takes no seats of its clients', async () => {
    await identity.database.query('UPDATE identity.tenants SET seat_limit = 1 WHERE id = $1', [client.id]);
    const inside = await enter(agency);
    await join(identity, inside);
    await expect(invite(identity, inside)).rejects.toMatchObject({ code: 'PLAN_REQUIRED' });
    const [listed] = (await identity.ask(listSubAccounts, {}, callerOf(agency))).data;
    expect(listed?.memberCount).toBe(1);
  });

  it.each(['removed', 'left', 'made a user'] as const)(
    'takes who is %s out of every sub-account',
    async (how) => {
      const admin = await join(identity, agency, 'admin');
      const { id: userId } = admin.user;
      const inside = await enter(admin);
      const back = await signIn(identity, admin);
      if (how === 'removed') await identity.ask(removeMember, { userId }, callerOf(agency));
      if (how === 'left') await identity.ask(leaveTenant, {}, callerOf(back));
      if (how === 'made a user')
        await identity.ask(changeMemberRole, { userId, role: 'user' }, callerOf(agency));
      expect(await endingsOf(identity, inside)).toHaveLength(1);
      await expect(identity.ask(refreshSession, { refreshToken: inside.refreshToken })).rejects.toMatchObject(
        { status: 401 },
      );
      await expect(enter(back)).rejects.toMatchObject({ status: 404 });
      const boss = await enter(agency);
      const { data } = await identity.ask(listMembers, {}, callerOf(boss));
      expect(data.map((each) => each.userId)).toEqual([agency.user.id]);
    },
  );

  it('leaves nobody inside when entry and removal meet', async () => {
    for (let round = 0; round < 5; round++) {
      const admin = await join(identity, agency, 'admin');
      const { id: userId } = admin.user;
      const outcomes = await statusesOf([
        enter(admin),
        identity.ask(removeMember, { userId }, callerOf(agency)),
      ]);
      expect(outcomes.every((status) => [200, 401, 403, 404].includes(status))).toBe(true);
      const left = await identity.database.query(
        `SELECT 1 FROM identity.memberships WHERE user_id = $1 AND via_agency IS NOT NULL
         UNION ALL SELECT 1 FROM identity.auth_sessions WHERE user_id = $1 AND tenant_id = $2 AND revoked_at IS NULL`,
        [userId, client.id],
      );
      expect(left).toEqual([]);
    }
  });

  it('keeps a client’s own member who also works for the agency', async () => {
    const admin = await join(identity, agency, 'admin');
    const inside = await enter(agency);
    const { id: userId } = admin.user;
    await identity.database.query(
      `INSERT INTO identity.memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'user')`,
      [newId(), client.id, userId],
    );
    expect((await enter(admin)).tenant.role).toBe('user');
    await identity.ask(removeMember, { userId }, callerOf(await signIn(identity, agency)));
    const { data } = await identity.ask(listMembers, {}, callerOf(inside));
    expect(data.map((each) => each.userId)).toContain(userId);
  });

  it('suspends and reactivates its own sub-accounts only', async () => {
    const inside = await enter(await join(identity, agency, 'admin'));
    const reason = 'contract over';
    const caller = callerOf(agency);
    await expect(identity.ask(suspendSubAccount, { id: client.id, reason }, caller)).resolves.toMatchObject({
      status: 'suspended',
      suspendedReason: reason,
    });
    expect(await endingsOf(identity, inside)).toEqual(['tenant_suspended']);
    await expect(enter(agency)).rejects.toMatchObject({ code: 'ACCOUNT_SUSPENDED' });
    await expect(identity.ask(reactivateSubAccount, { id: client.id }, caller)).resolves.toMatchObject({
      status: 'active',
    });
    const stranger = callerOf(await openAgency());
    for (const id of [client.id, agency.tenant.id, newId()])
      await expect(identity.ask(suspendSubAccount, { id, reason }, stranger)).rejects.toMatchObject({
        status: 404,
      });
  });

  it('is locked before its sub-account, by sign-in as by suspension', async () => {
    const inside = await enter(await join(identity, agency, 'admin'));
    const raw = new Client({ connectionString: identity.database.urlOf('identity') });
    await raw.connect();
    const lock = 'SELECT 1 FROM identity.tenants WHERE id = $1 FOR NO KEY UPDATE NOWAIT';
    try {
      await raw.query('BEGIN');
      await raw.query('SET LOCAL ROLE parley_identity_system');
      await raw.query(lock, [agency.tenant.id]);
      const attempt = signIn(identity, inside);
      await eventually(async () => {
        const waiting = await identity.database.query(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      });
      await raw.query(lock, [client.id]);
      await raw.query('COMMIT');
      await expect(attempt).resolves.toHaveProperty('accessToken');
    } finally {
      await raw.end();
    }
  });

  it('does not lift what the platform laid on', async () => {
    const { id } = client;
    const caller = callerOf(agency);
    await identity.ask(suspendSubAccount, { id, reason: 'ours' }, caller);
    await identity.ask(suspendTenant, { id, reason: 'theirs' }, root);
    await expect(identity.ask(reactivateSubAccount, { id }, caller)).rejects.toMatchObject({ status: 409 });
    const [listed] = (await identity.ask(listSubAccounts, {}, caller)).data;
    expect(listed).toMatchObject({ status: 'suspended', suspendedReason: null });
    await identity.ask(reactivateTenant, { id }, root);
    await expect(enter(agency)).resolves.toHaveProperty('accessToken');
  });

  it('is suspended while one of its people changes their password', async () => {
    const person = await join(identity, agency, 'admin');
    const { sessionId: atClient } = callerOf(await enter(person));
    const { sessionId: atHome } = callerOf(await signIn(identity, person));
    const raw = new Client({ connectionString: identity.database.ownerUrl });
    await raw.connect();
    // As a change of password does: all of the person's sessions, in the order of their ids.
    const lock = 'SELECT 1 FROM identity.auth_sessions WHERE id = $1 FOR UPDATE';
    try {
      await raw.query('BEGIN');
      await raw.query(lock, [atClient]);
      const suspended = identity.ask(suspendTenant, { id: agency.tenant.id, reason: 'unpaid' }, root);
      const outcome = suspended.catch((error: unknown) => error);
      await eventually(async () => {
        const waiting = await identity.database.query(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      });
      await raw.query(lock, [atHome]);
      await raw.query('COMMIT');
      await expect(outcome).resolves.toMatchObject({ status: 'suspended' });
    } finally {
      await raw.end();
    }
  });

  it('that is suspended works nowhere', async () => {
    const inside = await enter(await join(identity, agency, 'admin'));
    const member = await join(identity, inside);
    const { id } = agency.tenant;
    await identity.ask(suspendTenant, { id, reason: 'unpaid' }, root);
    expect(await endingsOf(identity, inside)).toEqual(['agency_suspended']);
    expect(await endingsOf(identity, member)).toEqual([]);
    await expect(signIn(identity, inside)).rejects.toMatchObject({ code: 'ACCOUNT_SUSPENDED' });
    await expect(signIn(identity, member)).resolves.toHaveProperty('accessToken');
  });
});
