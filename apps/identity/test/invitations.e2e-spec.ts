import {
  acceptInvitation,
  createInvitation,
  getMe,
  invitationCreatedV1,
  listInvitations,
  removeMember,
  revokeInvitation,
  switchTenant,
  tenantCreatedV1,
} from '@parley/contracts';
import { Client } from 'pg';
import { Seats } from '../src/membership/seats.service';
import {
  anEmail,
  callerOf,
  DAY,
  type IdentityInTest,
  PASSWORD,
  startIdentity,
  stopClock,
} from './identity-in-test';
import { invite, join, openCompany, statusesOf } from './members-in-test';

const NEWCOMER = { name: 'Marc Roy', password: PASSWORD };

describe('invitations', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const accept = (token: string) => identity.ask(acceptInvitation, { token, ...NEWCOMER });
  const limitSeats = (tenantId: string, seats: number | null) =>
    (identity.service.get(Seats) as Seats).setLimit(tenantId, seats);
  const countMembers = async (tenantId: string): Promise<number> =>
    (
      await identity.database.query(
        `SELECT id FROM identity.memberships WHERE tenant_id = $1 AND status = 'active'`,
        [tenantId],
      )
    ).length;

  it('let a new person in, without a tenant of their own and with a verified address', async () => {
    const owner = await openCompany(identity);
    const email = anEmail();
    const invitation = await invite(identity, owner, email.toUpperCase(), 'admin');
    const { tenant, session } = await accept(invitation.token);
    expect(tenant).toMatchObject({ id: owner.tenant.id, role: 'admin' });
    expect(session).toMatchObject({ tenant, user: { email, name: 'Marc Roy', emailVerified: true } });
    const { memberships } = await identity.ask(getMe, {}, session ? callerOf(session) : {});
    expect(memberships).toEqual([tenant]);
    const opened = await identity.database.query(
      `SELECT t.id FROM identity.tenants t JOIN identity.users u ON u.id = t.created_by WHERE u.email = $1`,
      [email],
    );
    expect(opened).toEqual([]);
  });

  it('let who is signed in with the invited address in, to switch to the tenant', async () => {
    const owner = await openCompany(identity);
    const person = await identity.signUp();
    const { token } = await invite(identity, owner, person.user.email);
    const answer = await identity.ask(acceptInvitation, { token }, callerOf(person));
    expect(answer).toMatchObject({ tenant: { id: owner.tenant.id, role: 'user' }, session: null });
    const there = await identity.ask(switchTenant, { tenantId: owner.tenant.id }, callerOf(person));
    expect(callerOf(there).roles).toEqual(['user']);
  });

  it('are for nobody else, and not for strangers who know of an account', async () => {
    const owner = await openCompany(identity);
    const [invited, other] = [await identity.signUp(), await identity.signUp()];
    const { token } = await invite(identity, owner, invited.user.email);
    await expect(identity.ask(acceptInvitation, { token }, callerOf(other))).rejects.toMatchObject({
      status: 403,
    });
    await expect(identity.ask(acceptInvitation, { token })).rejects.toMatchObject({ status: 401 });
    await expect(accept(token)).rejects.toMatchObject({ status: 409, code: 'DUPLICATE' });
    expect(await countMembers(owner.tenant.id)).toBe(1);
    await expect(identity.ask(acceptInvitation, { token }, callerOf(invited))).resolves.toBeDefined();
  });

  it('ask for what a new account needs', async () => {
    const { token } = await invite(identity, await openCompany(identity));
    await expect(identity.ask(acceptInvitation, { token, name: 'Marc' })).rejects.toMatchObject({
      status: 400,
      details: [expect.objectContaining({ field: 'password' })],
    });
    await expect(
      identity.ask(acceptInvitation, { token, name: 'Marc', password: 'motdepasse123' }),
    ).rejects.toMatchObject({ status: 400 });
    await expect(accept(token)).resolves.toBeDefined();
  });

  it('are used once, however many use one at once', async () => {
    const owner = await openCompany(identity);
    const { token } = await invite(identity, owner);
    const outcomes = await statusesOf(Array.from({ length: 5 }, () => accept(token)));
    expect(outcomes).toEqual([200, 404, 404, 404, 404]);
    const person = await identity.signUp();
    const second = await invite(identity, owner, person.user.email);
    const again = await statusesOf(
      Array.from({ length: 3 }, () =>
        identity.ask(acceptInvitation, { token: second.token }, callerOf(person)),
      ),
    );
    expect(again).toEqual([200, 404, 404]);
    expect(await countMembers(owner.tenant.id)).toBe(3);
  });

  it('end after seven days, when taken back, and when sent again', async () => {
    const owner = await openCompany(identity);
    const email = anEmail();
    const first = await invite(identity, owner, email);
    const second = await invite(identity, owner, email, 'admin');
    expect([second.id, second.role]).toEqual([first.id, 'admin']);
    await expect(accept(first.token)).rejects.toMatchObject({ status: 404 });
    await identity.ask(revokeInvitation, { id: second.id }, callerOf(owner));
    await expect(accept(second.token)).rejects.toMatchObject({ status: 404 });
    await expect(identity.ask(revokeInvitation, { id: second.id }, callerOf(owner))).rejects.toMatchObject({
      status: 404,
    });
    const third = await invite(identity, owner, email);
    const clock = stopClock();
    try {
      clock.pass(7 * DAY);
      await expect(accept(third.token)).rejects.toMatchObject({ status: 404 });
      const { data } = await identity.ask(listInvitations, {}, callerOf(owner));
      expect(data).toEqual([]);
    } finally {
      clock.release();
    }
  });

  it('mail one address ten times a day, on every day of theirs', async () => {
    const clock = stopClock();
    try {
      const owner = await openCompany(identity);
      const email = anEmail();
      const send = () => identity.ask(createInvitation, { email, role: 'user' }, callerOf(owner));
      for (let day = 0; day < 3; day++) {
        for (let n = 0; n < 10; n++) await send();
        await expect(send()).rejects.toMatchObject({ status: 429 });
        clock.pass(DAY + 1);
      }
      for (let n = 0; n < 9; n++) await send();
      const { data } = await identity.ask(listInvitations, {}, callerOf(owner));
      await identity.ask(revokeInvitation, { id: data[0]?.id ?? '' }, callerOf(owner));
      await send();
      await expect(send()).rejects.toMatchObject({ status: 429 });
    } finally {
      clock.release();
    }
  });

  it('bring back who left', async () => {
    const owner = await openCompany(identity);
    const member = await join(identity, owner, 'admin');
    await expect(invite(identity, owner, member.user.email)).rejects.toMatchObject({ status: 409 });
    await identity.ask(removeMember, { userId: member.user.id }, callerOf(owner));
    const { token } = await invite(identity, owner, member.user.email);
    const caller = { userId: member.user.id, tenantId: member.tenant.id };
    await expect(identity.ask(acceptInvitation, { token }, caller)).resolves.toMatchObject({
      tenant: { role: 'user' },
    });
  });

  it('of before, whose token the inviter saw, prove no mailbox', async () => {
    const { id, token } = await invite(identity, await openCompany(identity));
    await identity.database.query('UPDATE identity.invitations SET mailed = false WHERE id = $1', [id]);
    const { session } = await accept(token);
    expect(session?.user.emailVerified).toBe(false);
  });

  it('are made by admins, told of once, and listed without their token', async () => {
    const owner = await openCompany(identity);
    const [admin, user] = [await join(identity, owner, 'admin'), await join(identity, owner)];
    await expect(invite(identity, user)).rejects.toMatchObject({ status: 403 });
    const { token, ...shown } = await invite(identity, admin);
    expect(shown.invitedBy).toBe(admin.user.id);
    const { data } = await identity.ask(listInvitations, {}, callerOf(owner));
    expect(data).toEqual([shown]);
    const told = (await identity.published(invitationCreatedV1.type)).filter(
      ({ meta }) => meta.subject === shown.id,
    );
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain(token);
    const rows = await identity.database.query(`SELECT * FROM identity.invitations WHERE id = $1`, [
      shown.id,
    ]);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('of other tenants cannot be seen or taken back', async () => {
    const [mine, theirs] = [await openCompany(identity), await openCompany(identity)];
    const { id, token } = await invite(identity, theirs);
    expect((await identity.ask(listInvitations, {}, callerOf(mine))).data).toEqual([]);
    await expect(identity.ask(revokeInvitation, { id }, callerOf(mine))).rejects.toMatchObject({
      status: 404,
    });
    const raw = new Client({ connectionString: identity.database.urlOf('identity') });
    await raw.connect();
    try {
      await raw.query(`SELECT set_config('app.tenant_id', $1, false)`, [mine.tenant.id]);
      expect((await raw.query('SELECT id FROM identity.invitations WHERE id = $1', [id])).rows).toEqual([]);
    } finally {
      await raw.end();
    }
    await expect(accept(token)).resolves.toBeDefined();
  });

  describe('the last seat', () => {
    it('goes to one of two invitations at once', async () => {
      for (let round = 0; round < 5; round++) {
        const owner = await openCompany(identity);
        const admin = await join(identity, owner, 'admin');
        await limitSeats(owner.tenant.id, 3);
        const outcomes = await statusesOf([invite(identity, owner), invite(identity, admin)]);
        expect(outcomes).toEqual([200, 402]);
        await expect(invite(identity, owner)).rejects.toMatchObject({ code: 'PLAN_REQUIRED' });
      }
    });

    it('goes to one of two acceptances at once when the limit fell meanwhile', async () => {
      const owner = await openCompany(identity);
      const [one, two] = [await invite(identity, owner), await invite(identity, owner)];
      await limitSeats(owner.tenant.id, 2);
      expect(await statusesOf([accept(one.token), accept(two.token)])).toEqual([200, 402]);
      expect(await countMembers(owner.tenant.id)).toBe(2);
    });

    it('is kept by its invitation, and free again when that is taken back', async () => {
      const owner = await openCompany(identity);
      await limitSeats(owner.tenant.id, 2);
      const email = anEmail();
      await invite(identity, owner, email);
      const renewed = await invite(identity, owner, email);
      await expect(invite(identity, owner)).rejects.toMatchObject({ status: 402 });
      await identity.ask(revokeInvitation, { id: renewed.id }, callerOf(owner));
      const { token } = await invite(identity, owner);
      await expect(accept(token)).resolves.toBeDefined();
      await limitSeats(owner.tenant.id, null);
      await expect(invite(identity, owner)).resolves.toBeDefined();
    });
  });

  it('open no tenant, so no free credits', async () => {
    const before = (await identity.published(tenantCreatedV1.type)).length;
    const owner = await openCompany(identity);
    await join(identity, owner);
    expect((await identity.published(tenantCreatedV1.type)).length - before).toBe(2);
  });
});
