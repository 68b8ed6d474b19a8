import {
  apiKeyRevokedV1,
  type CallerContext,
  cancelPrivacyRequest,
  changeMemberRole,
  createPrivacyRequest,
  type CreatePrivacyRequest,
  createServiceToken,
  type EmailRequestedV1,
  emailRequestedV1,
  getPrivacyArchive,
  getPrivacyRequest,
  listPrivacyRequests,
  newId,
  privacyRequestedV1,
  type PrivacyRequestResponse,
  removeMember,
  runAs,
  type SessionResponse,
  suspendUser,
  systemCaller,
  transferTenant,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { PrivacySaga } from '../src/privacy/privacy-saga.service';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';
import { join, openCompany } from './members-in-test';

const ROOT: Partial<CallerContext> = { roles: ['super_admin'], userId: newId(), tenantId: newId() };
const CUSTOMER = '+15145550170';

describe('rights to ask for the data of a tenant', () => {
  let identity: IdentityInTest;
  let owner: SessionResponse;
  let admin: SessionResponse;

  beforeAll(async () => {
    identity = await startIdentity({ ERASURE_SETTLE_SECONDS: '0' });
  });
  afterAll(() => identity?.close());
  beforeEach(async () => {
    owner = await openCompany(identity);
    admin = await join(identity, owner, 'admin');
  });

  const ask = (session: SessionResponse, request: CreatePrivacyRequest): Promise<PrivacyRequestResponse> =>
    identity.ask(createPrivacyRequest, request, callerOf(session));
  const get = (session: SessionResponse, id: string): Promise<PrivacyRequestResponse> =>
    identity.ask(getPrivacyRequest, { id }, callerOf(session));

  /** As if the time to think again were over. */
  async function begin(id: string): Promise<void> {
    await identity.database.query('UPDATE identity.privacy_requests SET execute_at = now() WHERE id = $1', [
      id,
    ]);
    await runAs(systemCaller(newId()), () => identity.service.get(PrivacySaga).begin(id));
  }

  const mailsTo = async ({ user }: SessionResponse): Promise<EmailRequestedV1[]> =>
    (await identity.published(emailRequestedV1.type))
      .map(({ payload }) => payload as EmailRequestedV1)
      .filter(({ to }) => to === user.email);

  const demote = (who: SessionResponse, role: 'user' | 'admin' = 'user') =>
    identity.ask(changeMemberRole, { userId: who.user.id, role }, callerOf(owner));
  const remove = (who: SessionResponse) =>
    identity.ask(removeMember, { userId: who.user.id }, callerOf(owner));
  const transfer = () => identity.ask(transferTenant, { userId: admin.user.id }, callerOf(owner));

  const losses: [string, CreatePrivacyRequest, () => Promise<unknown>][] = [
    ['transferred the company', { kind: 'erasure', scope: 'tenant' }, transfer],
    [
      'was suspended',
      { kind: 'erasure', scope: 'tenant' },
      () => identity.ask(suspendUser, { id: owner.user.id, reason: 'is looked into' }, ROOT),
    ],
    ['was demoted', { kind: 'erasure', subjectPhone: CUSTOMER }, () => demote(admin)],
    ['was removed', { kind: 'erasure', subjectPhone: CUSTOMER }, () => remove(admin)],
  ];

  it.each(losses)(
    'an erasure is not carried out for who %s meanwhile, who is told',
    async (_, what, lose) => {
      const asker = what.subjectPhone ? admin : owner;
      const { id } = await ask(asker, what);
      await lose();
      await begin(id);
      expect(await get(asker, id)).toMatchObject({ status: 'refused', subjectPhone: null });
      const [tenant] = await identity.database.query<{ status: string }>(
        'SELECT status FROM identity.tenants WHERE id = $1',
        [owner.tenant.id],
      );
      expect(tenant?.status).toBe('active');
      const begun = await identity.published(privacyRequestedV1.type);
      expect(begun.filter(({ meta }) => meta.subject === id)).toEqual([]);
      expect((await mailsTo(asker)).filter(({ template }) => template === 'privacy_refused')).toHaveLength(1);
    },
  );

  it('an erasure of the tenant is told to its owner, and begins where nothing changed', async () => {
    const { id } = await ask(owner, { kind: 'erasure', scope: 'tenant' });
    const [mail] = (await mailsTo(owner)).filter(({ template }) => template === 'erasure_asked');
    expect(mail).toMatchObject({ tenantName: owner.tenant.name, validMinutes: 72 * 60 });
    expect(mail?.link).toContain(`/privacy/requests/${id}`);
    await begin(id);
    expect((await get(owner, id)).status).toBe('running');
  });

  it('the owner of today sees and calls off what the one before asked for; others do not', async () => {
    const { id } = await ask(owner, { kind: 'erasure', scope: 'tenant' });
    const own = await ask(owner, { kind: 'export' });
    const idsFor = async (session: SessionResponse): Promise<string[]> =>
      (await identity.ask(listPrivacyRequests, {}, callerOf(session))).data.map((each) => each.id);
    expect(await idsFor(admin)).toEqual([]);
    await expect(get(admin, id)).rejects.toMatchObject({ status: 404 });
    await expect(identity.ask(cancelPrivacyRequest, { id }, callerOf(admin))).rejects.toMatchObject({
      status: 404,
    });
    await transfer();
    expect(await idsFor(admin)).toEqual([id]);
    await expect(get(admin, own.id)).rejects.toMatchObject({ status: 404 });
    const elsewhere = { ...callerOf(admin), tenantId: newId() };
    await expect(identity.ask(getPrivacyRequest, { id }, elsewhere)).rejects.toMatchObject({ status: 404 });
    const cancelled = await identity.ask(cancelPrivacyRequest, { id }, callerOf(admin));
    expect(cancelled.status).toBe('cancelled');
    expect(await idsFor(owner)).toEqual([own.id, id]);
  });

  it('admins see and call off each other’s erasures of customers; users and strangers do not', async () => {
    const { id } = await ask(admin, { kind: 'erasure', subjectPhone: CUSTOMER });
    const user = await join(identity, owner);
    const stranger = await openCompany(identity);
    for (const other of [user, stranger]) await expect(get(other, id)).rejects.toMatchObject({ status: 404 });
    expect(await get(owner, id)).toMatchObject({ subjectPhone: CUSTOMER });
    expect((await identity.ask(cancelPrivacyRequest, { id }, callerOf(owner))).status).toBe('cancelled');
  });

  it.each([
    ['removed', remove],
    ['demoted', demote],
  ] as const)('who was %s downloads no archive of the tenant', async (_, lose) => {
    const { id } = await ask(admin, { kind: 'export', subjectPhone: CUSTOMER });
    await eventually(async () => expect((await get(admin, id)).status).toBe('running'));
    await identity.database.query(
      `UPDATE identity.privacy_requests SET status = 'completed', archive_key = 'privacy/a', archive_bytes = 1,
         archive_sha256 = repeat('a', 64), archive_until = now() + interval '7 days' WHERE id = $1`,
      [id],
    );
    const archive = () => identity.ask(getPrivacyArchive, { id }, callerOf(admin));
    expect((await archive()).key).toBe('privacy/a');
    await lose(admin);
    await expect(archive()).rejects.toMatchObject({ status: 404 });
    const own = callerOf(owner);
    await expect(identity.ask(getPrivacyArchive, { id }, own)).rejects.toMatchObject({ status: 404 });
  });

  it('keys that a person made for a company go on without them; those of an erased tenant end, and are audited', async () => {
    const keyOf = async (session: SessionResponse): Promise<string> => {
      const request = { name: 'Voice agent', scopes: ['lookup'] };
      return (await identity.ask(createServiceToken, request, callerOf(session))).token.id;
    };
    const [companys, person] = [await keyOf(admin), await identity.signUp()];
    const own = await keyOf(person);
    await identity.database.query('UPDATE identity.api_keys SET created_by = $1 WHERE id = $2', [
      person.user.id,
      companys,
    ]);
    const { id } = await ask(person, { kind: 'erasure' });
    await begin(id);
    const done = () =>
      identity.database.query(
        'SELECT 1 FROM identity.privacy_tasks WHERE request_id = $1 AND finished_at IS NOT NULL',
        [id],
      );
    await eventually(async () => expect(await done()).toHaveLength(1), 20_000);

    const left = await identity.database.query(
      'SELECT id, created_by, revoked_at FROM identity.api_keys WHERE id = ANY($1)',
      [[companys, own]],
    );
    expect(left).toEqual([{ id: companys, created_by: person.user.id, revoked_at: null }]);
    const revoked = (await identity.published(apiKeyRevokedV1.type)).map(({ meta }) => meta.subject);
    expect([revoked.includes(own), revoked.includes(companys)]).toEqual([true, false]);
    const acts = await identity.database.query(
      `SELECT resource_id AS key, actor_user_id AS actor FROM identity.audit_logs WHERE action = 'api-key.revoked'`,
    );
    expect(acts).toEqual([{ key: own, actor: person.user.id }]);
  });
});
