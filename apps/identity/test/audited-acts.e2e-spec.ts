import {
  acceptInvitation,
  type AuditEntry,
  beginAuditExport,
  beginPlatformAuditExport,
  type CallerContext,
  changeMemberRole,
  changePassword,
  createTenant,
  leaveTenant,
  listAllAuditLogs,
  type ListAllAuditLogsRequest,
  listAuditLogs,
  listSettingsChanges,
  putSettings,
  reactivateTenant,
  reactivateUser,
  removeMember,
  revokeInvitation,
  type SessionResponse,
  suspendTenant,
  suspendUser,
  tenantUpdatedV1,
  transferTenant,
  updateTenant,
  verifyAudit,
} from '@parley/contracts';
import { anEmail, callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { invite, join, openCompany, signIn, superAdmin } from './members-in-test';

describe('acts that are written down', () => {
  let identity: IdentityInTest;
  let root: Partial<CallerContext>;
  let owner: SessionResponse;
  beforeAll(async () => {
    identity = await startIdentity();
    root = await superAdmin(identity);
  });
  afterAll(async () => {
    await identity?.close();
  });
  beforeEach(async () => {
    owner = await openCompany(identity);
  });

  const rows = async (filter: ListAllAuditLogsRequest = {}): Promise<AuditEntry[]> =>
    (await identity.ask(listAllAuditLogs, { tenantId: owner.tenant.id, ...filter }, root)).data;
  const actions = async (filter: ListAllAuditLogsRequest = {}) =>
    (await rows(filter)).map(({ action }) => action).reverse();

  it('of a tenant: opened, renamed, suspended, reactivated', async () => {
    const caller = callerOf(owner);
    const { id } = owner.tenant;
    await identity.ask(updateTenant, { name: ' Toitures Roy et fils ' }, caller);
    await identity.ask(updateTenant, { name: 'Toitures Roy et fils' }, caller);
    await identity.ask(suspendTenant, { id, reason: 'unpaid' }, root);
    await identity.ask(reactivateTenant, { id }, root);
    expect(await actions({ resourceType: 'tenant' })).toEqual([
      'tenant.created',
      'tenant.updated',
      'tenant.suspended',
      'tenant.reactivated',
    ]);
    const [renamed] = await rows({ action: 'tenant.updated' });
    expect([renamed?.before, renamed?.after]).toEqual([
      { name: 'Toitures Roy' },
      { name: 'Toitures Roy et fils' },
    ]);
    const [suspended] = await rows({ action: 'tenant.suspended' });
    expect(suspended).toMatchObject({ actorUserId: root.userId, after: { reason: 'unpaid' } });
    const told = (await identity.published(tenantUpdatedV1.type)).filter(({ meta }) => meta.subject === id);
    expect(told.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ name: 'Toitures Roy et fils', version: 2 }),
    ]);
  });

  it('of members: invited, taken back, joined, role changed, removed, left, made owner', async () => {
    const caller = callerOf(owner);
    const taken = await invite(identity, owner);
    await identity.ask(revokeInvitation, { id: taken.id }, caller);
    const [one, two, three] = [
      await join(identity, owner),
      await join(identity, owner),
      await join(identity, owner),
    ];
    await identity.ask(changeMemberRole, { userId: one.user.id, role: 'admin' }, caller);
    await identity.ask(removeMember, { userId: two.user.id }, caller);
    await identity.ask(leaveTenant, {}, callerOf(three));
    await identity.ask(transferTenant, { userId: one.user.id }, caller);
    expect(await actions({ action: 'invitation', limit: 200 })).toEqual([
      'invitation.created',
      'invitation.revoked',
      ...Array.from({ length: 3 }, () => ['invitation.created', 'invitation.accepted']).flat(),
    ]);
    expect(await actions({ resourceType: 'member' })).toEqual([
      'member.role-changed',
      'member.removed',
      'member.left',
      'tenant.transferred',
    ]);
    const [changed] = await rows({ action: 'member.role-changed' });
    expect(changed).toMatchObject({
      resourceId: one.user.id,
      before: { role: 'user' },
      after: { role: 'admin' },
    });
    const byResource = await actions({ resourceType: 'member', resourceId: two.user.id });
    expect(byResource).toEqual(['member.removed']);
    expect((await identity.ask(verifyAudit, { tenantId: owner.tenant.id }, root)).intact).toBe(true);
  });

  it('of sessions that end together: one row per tenant', async () => {
    const member = await join(identity, owner);
    await signIn(identity, member);
    await identity.ask(removeMember, { userId: member.user.id }, callerOf(owner));
    const [ended] = await rows({ action: 'session.revoked' });
    expect(ended).toMatchObject({
      actorUserId: owner.user.id,
      resourceId: null,
      after: { reason: 'member_removed', sessions: 2, userId: member.user.id },
    });
  });

  it('of people: suspended, reactivated, password changed; the platform keeps the first two', async () => {
    const person = await identity.signUp();
    const { id } = person.user;
    await identity.ask(suspendUser, { id, reason: 'abuse' }, root);
    await identity.ask(reactivateUser, { id }, root);
    const { data } = await identity.ask(listAllAuditLogs, { resourceType: 'user', resourceId: id }, root);
    expect(data.map(({ action, tenantId }) => [action, tenantId])).toEqual([
      ['user.reactivated', null],
      ['user.suspended', null],
    ]);
    const back = await signIn(identity, person);
    const change = { currentPassword: PASSWORD, newPassword: 'another long phrase' };
    await identity.ask(changePassword, change, callerOf(back));
    const own = await identity.ask(listAuditLogs, { action: 'account' }, callerOf(back));
    expect(own.data.map(({ action, actorUserId }) => [action, actorUserId])).toEqual([
      ['account.password-changed', id],
    ]);
    expect(JSON.stringify(own)).not.toContain('phrase');
  });

  it('never hold a token, and are not written when the act is refused', async () => {
    const { token } = await invite(identity, owner);
    expect(JSON.stringify(await rows())).not.toContain(token);
    const before = (await rows()).length;
    await expect(
      identity.ask(acceptInvitation, { token, name: 'x', password: 'short' }),
    ).rejects.toBeDefined();
    await expect(identity.ask(createTenant, { name: 'x' }, {})).rejects.toBeDefined();
    expect(await rows()).toHaveLength(before);
  });

  it('are taken out of the house only on record', async () => {
    const { id: tenantId } = owner.tenant;
    await identity.ask(beginAuditExport, { format: 'csv', action: 'member' }, callerOf(owner));
    await identity.ask(beginPlatformAuditExport, { format: 'ndjson', tenantId }, root);
    const exported = await rows({ action: 'audit.exported' });
    expect(exported.map(({ actorUserId, after }) => [actorUserId, after])).toEqual([
      [root.userId, { format: 'ndjson', filter: { tenantId } }],
      [owner.user.id, { format: 'csv', filter: { action: 'member' } }],
    ]);
    await expect(
      identity.ask(beginPlatformAuditExport, { format: 'csv' }, callerOf(owner)),
    ).rejects.toMatchObject({ status: 403 });
  });

  it('make the history of settings: who, when, what; newest first, page by page, one tenant’s', async () => {
    const admin = await join(identity, owner, 'admin');
    await identity.ask(putSettings, { postCallSmsDelaySeconds: 5 }, callerOf(owner));
    await identity.ask(
      putSettings,
      { postCallSmsDelaySeconds: 9, transferNumber: '+15145550100' },
      callerOf(admin),
    );
    await identity.ask(
      putSettings,
      { transferNumber: null },
      { tenantId: owner.tenant.id, scopes: ['settings:write'] },
    );
    const first = await identity.ask(listSettingsChanges, { limit: 2 }, callerOf(owner));
    expect(first.data.map(({ changedBy, before, after }) => [changedBy, before, after])).toEqual([
      [null, { transferNumber: '+15145550100' }, { transferNumber: null }],
      [
        admin.user.id,
        { postCallSmsDelaySeconds: 5, transferNumber: null },
        { postCallSmsDelaySeconds: 9, transferNumber: '+15145550100' },
      ],
    ]);
    const cursor = first.nextCursor ?? '';
    const rest = await identity.ask(listSettingsChanges, { limit: 2, cursor }, callerOf(owner));
    expect(rest.data.map(({ changedByName, after }) => [changedByName, after])).toEqual([
      [owner.user.name, { postCallSmsDelaySeconds: 5 }],
    ]);
    expect(rest.nextCursor).toBeNull();
    const other = await openCompany(identity);
    await expect(identity.ask(listSettingsChanges, {}, callerOf(other))).resolves.toEqual({
      data: [],
      nextCursor: null,
    });
  });

  it('cannot fill a mailbox: a tenant invites one address ten times a day', async () => {
    const email = anEmail();
    for (let n = 0; n < 10; n++) {
      const { id } = await invite(identity, owner, email);
      if (n % 3 === 2) await identity.ask(revokeInvitation, { id }, callerOf(owner));
    }
    await expect(invite(identity, owner, email)).rejects.toMatchObject({ status: 429 });
    await expect(invite(identity, owner)).resolves.toBeDefined();
  });
});
