import {
  type CallerContext,
  emailRequestedV1,
  endImpersonation,
  getImpersonation,
  type Impersonation,
  impersonationEndedV1,
  impersonationStartedV1,
  type ImpersonationToken,
  listAllImpersonations,
  listAuditLogs,
  listImpersonationActs,
  listImpersonations,
  listOwnSessions,
  listRevokedSessions,
  login,
  logout,
  newId,
  putSettings,
  recordImpersonationAct,
  runAs,
  type SessionResponse,
  sessionRevokedV1,
  startImpersonation,
  type StartImpersonationRequest,
  suspendTenant,
  suspendUser,
  systemCaller,
  verifyAudit,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { decodeJwt } from 'jose';
import { ImpersonationService } from '../src/impersonation/impersonation.service';
import { anEmail, callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';
import { join, openCompany } from './members-in-test';

const REASON = 'Ticket 4711: calls are missing';

describe('impersonation', () => {
  let identity: IdentityInTest;
  let owner: SessionResponse;
  let root: Partial<CallerContext>;
  let rootAccount: SessionResponse;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });
  beforeEach(async () => {
    owner = await identity.signUp();
    rootAccount = await identity.signUp({ name: 'Root' });
    await setRole('super_admin');
    root = { ...callerOf(rootAccount), roles: ['owner', 'super_admin'] };
  });

  const setRole = (role: string) =>
    identity.database.query('UPDATE identity.users SET platform_role = $2 WHERE id = $1', [
      rootAccount.user.id,
      role,
    ]);
  const start = (
    fields: Partial<StartImpersonationRequest> = {},
    caller = root,
  ): Promise<ImpersonationToken> =>
    identity.ask(startImpersonation, { userId: owner.user.id, reason: REASON, ...fields }, caller);
  const actor = ({ accessToken }: ImpersonationToken): Partial<CallerContext> => {
    const claims = decodeJwt<{ sid: string; tid: string; imp: string; iid: string; imode: 'read' | 'write' }>(
      accessToken,
    );
    return {
      userId: claims.sub ?? '',
      sessionId: claims.sid,
      tenantId: claims.tid,
      roles: ['owner'],
      impersonatorId: claims.imp,
      impersonationId: claims.iid,
      impersonationMode: claims.imode,
    };
  };
  const act = (token: ImpersonationToken, caller: Partial<CallerContext> = {}) =>
    identity.ask(
      recordImpersonationAct,
      { method: 'PUT', path: '/v1/settings' },
      { ...actor(token), ...caller },
    );
  const stateOf = ({ impersonation }: ImpersonationToken): Promise<Impersonation> =>
    identity.ask(getImpersonation, { id: impersonation.id }, root);
  const revocations = async (token: ImpersonationToken): Promise<string[]> => {
    const { sessionId } = actor(token);
    const events = await identity.published(sessionRevokedV1.type);
    return events
      .filter(({ meta }) => meta.subject === sessionId)
      .map(({ payload }) => (payload as { reason: string }).reason);
  };
  const sweep = () => runAs(systemCaller('sweep'), () => identity.service.get(ImpersonationService).sweep());

  describe('a grant', () => {
    it('is one for all who ask for the same at once, with one mail and one line in the trail', async () => {
      const tokens = await Promise.all(Array.from({ length: 6 }, () => start()));
      expect(new Set(tokens.map(({ impersonation }) => impersonation.id)).size).toBe(1);
      expect(new Set(tokens.map((token) => actor(token).sessionId)).size).toBe(1);
      const { data } = await identity.ask(
        listAuditLogs,
        { action: 'impersonation.started' },
        callerOf(owner),
      );
      expect(data).toHaveLength(1);
      const [token] = tokens;
      const others = [await start({ mode: 'write' }), await start({ reason: 'Another ticket' })];
      for (const { impersonation } of others) expect(impersonation.id).not.toBe(token?.impersonation.id);
    });

    it('is a token that speaks for both, for half an hour, without a refresh token', async () => {
      const token = await start();
      expect(Object.keys(token).sort()).toEqual(['accessToken', 'expiresIn', 'impersonation', 'tokenType']);
      const claims = await identity.verify(token.accessToken);
      expect(claims).toMatchObject({
        sub: owner.user.id,
        tid: owner.tenant.id,
        roles: ['owner'],
        imp: rootAccount.user.id,
        iid: token.impersonation.id,
        imode: 'read',
      });
      expect(new Date((claims.exp ?? 0) * 1000).toISOString()).toBe(token.impersonation.expiresAt);
      expect(token.expiresIn).toBeGreaterThan(29 * 60 - 10);
      expect(token.expiresIn).toBeLessThanOrEqual(30 * 60);
      expect(token.impersonation).toMatchObject({ reason: REASON, mode: 'read', endedAt: null, acts: 1 });
      const { sessionId } = actor(token);
      expect(
        await identity.database.query('SELECT id FROM identity.refresh_tokens WHERE session_id = $1', [
          sessionId,
        ]),
      ).toEqual([]);
    });

    it('may be shorter, and in a tenant that is named', async () => {
      const company = await openCompany(identity);
      const member = await join(identity, company);
      const userId = member.user.id;
      const token = await start({ userId, tenantId: company.tenant.id, minutes: 1, mode: 'write' });
      expect(decodeJwt(token.accessToken)).toMatchObject({
        tid: company.tenant.id,
        roles: ['user'],
        imode: 'write',
      });
      expect(token.expiresIn).toBeLessThanOrEqual(60);
    });

    it('is told of by an event, a mail to the owner and the audit trail of the tenant', async () => {
      const { impersonation } = await start();
      const [started] = (await identity.published(impersonationStartedV1.type)).filter(
        ({ meta }) => meta.subject === impersonation.id,
      );
      expect(started).toMatchObject({
        meta: { tenantId: owner.tenant.id, actorId: rootAccount.user.id },
        payload: { impersonatorId: rootAccount.user.id, userId: owner.user.id, mode: 'read', reason: REASON },
      });
      const mails = (await identity.published(emailRequestedV1.type)).map(({ payload }) => payload);
      expect(mails).toContainEqual(
        expect.objectContaining({
          template: 'impersonation_started',
          to: owner.user.email,
          actor: 'Root',
          reason: REASON,
          validMinutes: 30,
        }),
      );
      const { data } = await identity.ask(
        listAuditLogs,
        { action: 'impersonation.started' },
        callerOf(owner),
      );
      expect(data).toEqual([
        expect.objectContaining({
          actorUserId: rootAccount.user.id,
          impersonatorId: rootAccount.user.id,
          impersonationId: impersonation.id,
          resourceId: impersonation.id,
        }),
      ]);
    });

    it('does not show among the devices of the person', async () => {
      await start();
      const { data } = await identity.ask(listOwnSessions, {}, callerOf(owner));
      expect(data).toHaveLength(1);
    });

    it.each<[string, Partial<StartImpersonationRequest>, string]>([
      ['a reason of nine characters', { reason: 'too short' }, 'reason'],
      ['more than half an hour', { minutes: 31 }, 'minutes'],
      ['no time', { minutes: 0 }, 'minutes'],
      ['another mode', { mode: 'god' as 'read' }, 'mode'],
      ['an id that is none', { userId: 'root' }, 'userId'],
    ])('is refused with %s', async (_what, fields, field) => {
      await expect(start(fields)).rejects.toMatchObject({
        status: 400,
        details: expect.arrayContaining([expect.objectContaining({ field })]) as unknown,
      });
    });

    it('is not given by others, nor by super admins who are none any more', async () => {
      await expect(start({}, callerOf(owner))).rejects.toMatchObject({ status: 403 });
      await setRole('user');
      await expect(start()).rejects.toMatchObject({ status: 403, code: 'IMPERSONATION_FORBIDDEN' });
    });

    it('is not given for a super admin, oneself included', async () => {
      const other = await identity.signUp();
      await identity.database.query(`UPDATE identity.users SET platform_role = 'super_admin' WHERE id = $1`, [
        other.user.id,
      ]);
      for (const userId of [other.user.id, rootAccount.user.id])
        await expect(start({ userId })).rejects.toMatchObject({
          status: 403,
          code: 'IMPERSONATION_FORBIDDEN',
        });
    });

    it('is not given while acting as somebody', async () => {
      const token = await start();
      const caller = { ...actor(token), roles: ['owner', 'super_admin'] } as Partial<CallerContext>;
      await expect(start({}, caller)).rejects.toMatchObject({ status: 403 });
    });

    it('is not given for nobody, strangers to the tenant, or the suspended', async () => {
      await expect(start({ userId: newId() })).rejects.toMatchObject({ status: 404 });
      await expect(start({ tenantId: rootAccount.tenant.id })).rejects.toMatchObject({ status: 404 });
      await identity.ask(suspendUser, { id: owner.user.id, reason: 'x' }, root);
      await expect(start()).rejects.toMatchObject({ status: 409 });
    });

    it('is not given from a session that ended meanwhile', async () => {
      await identity.ask(logout, {}, root);
      await expect(start()).rejects.toMatchObject({ status: 401 });
    });
  });

  describe('ends', () => {
    it('when it is ended, once, with a revocation, an event and an audit row', async () => {
      const token = await start();
      const { id } = token.impersonation;
      const ended = await identity.ask(endImpersonation, { id }, root);
      expect(ended).toMatchObject({ endedReason: 'ended_by_admin' });
      expect((await identity.ask(endImpersonation, { id }, root)).endedAt).toBe(ended.endedAt);
      expect(await revocations(token)).toEqual(['ended_by_admin']);
      await eventually(async () => {
        const events = (await identity.published(impersonationEndedV1.type)).filter(
          ({ meta }) => meta.subject === id,
        );
        expect(events.map(({ payload }) => (payload as { reason: string }).reason)).toEqual([
          'ended_by_admin',
        ]);
        const { data } = await identity.ask(
          listAuditLogs,
          { action: 'impersonation.ended' },
          callerOf(owner),
        );
        expect(data).toEqual([
          expect.objectContaining({ actorUserId: rootAccount.user.id, impersonationId: id }),
        ]);
      }, 10_000);
    });

    it('when the super admin signs out of the granting session, and of no other', async () => {
      const token = await start();
      const credentials = { email: rootAccount.user.email, password: PASSWORD };
      const elsewhere = await identity.ask(login, credentials);
      await identity.ask(logout, {}, callerOf(elsewhere));
      expect((await stateOf(token)).endedAt).toBeNull();
      await identity.ask(logout, {}, root);
      expect(await stateOf(token)).toMatchObject({ endedReason: 'granting_session_ended' });
      expect(await revocations(token)).toEqual(['granting_session_ended']);
    });

    it('when the super admin is suspended', async () => {
      const token = await start();
      const other = await identity.signUp();
      const otherRoot = { ...callerOf(other), roles: ['super_admin'] } as Partial<CallerContext>;
      await identity.ask(suspendUser, { id: rootAccount.user.id, reason: 'left' }, otherRoot);
      expect(await stateOf(token)).toMatchObject({ endedReason: 'granting_session_ended' });
      expect(await revocations(token)).toEqual(['granting_session_ended']);
    });

    it('when the super admin loses the role: acts at once, the rest with the sweep', async () => {
      const token = await start({ mode: 'write' });
      await setRole('user');
      await expect(act(token)).rejects.toMatchObject({ status: 401 });
      await sweep();
      expect(await revocations(token)).toEqual(['role_lost']);
      expect(await stateOf(token)).toMatchObject({ endedReason: 'role_lost' });
    });

    it('with the tenant it is in', async () => {
      const token = await start();
      await identity.ask(suspendTenant, { id: owner.tenant.id, reason: 'x' }, root);
      expect(await stateOf(token)).toMatchObject({ endedReason: 'tenant_suspended' });
      expect(await revocations(token)).toEqual(['tenant_suspended']);
    });

    it('when its time is up', async () => {
      const token = await start({ mode: 'write' });
      const { id } = token.impersonation;
      await identity.database.query(
        `UPDATE identity.impersonations SET created_at = now() - interval '31 min', expires_at = now() - interval '1 min'
         WHERE id = $1`,
        [id],
      );
      await expect(act(token)).rejects.toMatchObject({ status: 401 });
      await sweep();
      expect(await stateOf(token)).toMatchObject({ endedReason: 'expired' });
      expect(await revocations(token)).toEqual([]);
      const active = await identity.ask(
        listAllImpersonations,
        { status: 'active', userId: owner.user.id },
        root,
      );
      expect(active.data).toEqual([]);
    });

    it('for one of two who end it and sign out at once', async () => {
      const token = await start();
      const { id } = token.impersonation;
      await Promise.all([identity.ask(endImpersonation, { id }, root), identity.ask(logout, {}, root)]);
      expect(await revocations(token)).toHaveLength(1);
      await eventually(async () => {
        const events = await identity.published(impersonationEndedV1.type);
        expect(events.filter(({ meta }) => meta.subject === id)).toHaveLength(1);
      }, 10_000);
    });
  });

  describe('an act', () => {
    it('is written down with both people, and so is what it changed', async () => {
      const token = await start({ mode: 'write' });
      await act(token, { requestId: 'the-request' });
      await identity.ask(putSettings, { postCallSmsDelaySeconds: 5 }, actor(token));
      const { data } = await identity.ask(
        listImpersonationActs,
        { id: token.impersonation.id },
        callerOf(owner),
      );
      expect(
        data.map(({ action, actorUserId, impersonatorId }) => [action, actorUserId, impersonatorId]),
      ).toEqual([
        ['settings.changed', owner.user.id, rootAccount.user.id],
        ['impersonation.act', owner.user.id, rootAccount.user.id],
        ['impersonation.started', rootAccount.user.id, rootAccount.user.id],
      ]);
      expect(data[1]).toMatchObject({
        requestId: 'the-request',
        after: { method: 'PUT', path: '/v1/settings' },
        impersonationId: token.impersonation.id,
      });
      const admin = { roles: ['super_admin'], userId: newId() } as Partial<CallerContext>;
      await expect(identity.ask(verifyAudit, { tenantId: owner.tenant.id }, admin)).resolves.toMatchObject({
        intact: true,
        rows: 3,
      });
    });

    it('is refused under a grant that looks, one that ended, another’s, and outside any', async () => {
      await expect(act(await start())).rejects.toMatchObject({
        status: 403,
        code: 'IMPERSONATION_READ_ONLY',
      });
      const token = await start({ mode: 'write' });
      await expect(act(token, { impersonatorId: newId() })).rejects.toMatchObject({ status: 401 });
      await expect(act(token, { impersonationId: newId() })).rejects.toMatchObject({ status: 401 });
      await identity.ask(endImpersonation, { id: token.impersonation.id }, root);
      await expect(act(token)).rejects.toMatchObject({ status: 401 });
      await expect(
        identity.ask(recordImpersonationAct, { method: 'PUT', path: '/' }, callerOf(owner)),
      ).rejects.toMatchObject({ status: 403 });
    });
  });

  describe('the lists', () => {
    it('show a tenant its own, to super admins everything, in pages', async () => {
      const granted = [await start(), await start({ minutes: 20 }), await start({ minutes: 10 })];
      const own = granted.map(({ impersonation }) => impersonation.id);
      const foreign = await start({ userId: (await identity.signUp({ email: anEmail() })).user.id });
      const first = await identity.ask(listImpersonations, { limit: 2 }, callerOf(owner));
      const rest = await identity.ask(
        listImpersonations,
        { limit: 2, ...(first.nextCursor ? { cursor: first.nextCursor } : {}) },
        callerOf(owner),
      );
      expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(own.reverse());
      expect(first.data[0]).toMatchObject({ impersonatorName: 'Root', reason: REASON });
      const ours = { impersonatorId: rootAccount.user.id };
      expect((await identity.ask(listAllImpersonations, ours, root)).data).toHaveLength(4);
      const { id } = foreign.impersonation;
      await expect(identity.ask(listImpersonationActs, { id }, callerOf(owner))).rejects.toMatchObject({
        status: 404,
      });
      await expect(identity.ask(listAllImpersonations, {}, callerOf(owner))).rejects.toMatchObject({
        status: 403,
      });
      await expect(identity.ask(getImpersonation, { id: newId() }, root)).rejects.toMatchObject({
        status: 404,
      });
      await expect(identity.ask(endImpersonation, { id: newId() }, root)).rejects.toMatchObject({
        status: 404,
      });
    });

    it('of revoked sessions are for gateways, oldest first, whole', async () => {
      const since = new Date(Date.now() - 1000).toISOString();
      const ended: (string | undefined)[] = [];
      for (let n = 0; n < 5; n++) {
        const session = await identity.ask(login, { email: owner.user.email, password: PASSWORD });
        await identity.ask(logout, {}, callerOf(session));
        ended.push(callerOf(session).sessionId);
      }
      const heard: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await identity.ask(listRevokedSessions, {
          since,
          limit: 2,
          ...(cursor ? { cursor } : {}),
        });
        heard.push(...page.data.map(({ sessionId }) => sessionId));
        cursor = page.nextCursor;
      }
      expect(heard.filter((id) => ended.includes(id))).toEqual(ended);
      expect(new Set(heard).size).toBe(heard.length);
      await expect(identity.ask(listRevokedSessions, { since }, callerOf(owner))).rejects.toMatchObject({
        status: 403,
      });
    });
  });
});
