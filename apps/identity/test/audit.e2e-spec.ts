import {
  type AuditEntry,
  type AuditVerification,
  type CallerContext,
  createServiceToken,
  listAllAuditLogs,
  listAuditLogs,
  type ListAuditLogsRequest,
  login,
  logout,
  newId,
  putSettings,
  type SessionResponse,
  verifyAudit,
} from '@parley/contracts';
import { openDatabase } from '@parley/persistence';
import { Client } from 'pg';
import { AuditRepository } from '../src/audit/audit.repository';
import { AuditVerifier } from '../src/audit/audit-verifier';
import { anEmail, callerOf, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';

const ADMIN: Partial<CallerContext> = { roles: ['super_admin'], userId: newId() };

describe('the audit trail', () => {
  let identity: IdentityInTest;
  let session: SessionResponse;
  let owner: Partial<CallerContext>;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });
  beforeEach(async () => {
    session = await identity.signUp();
    owner = callerOf(session);
  });

  const entries = async (filter: ListAuditLogsRequest = {}): Promise<AuditEntry[]> =>
    (await identity.ask(listAuditLogs, filter, owner)).data;
  const verify = (tenantId = owner.tenantId ?? ''): Promise<AuditVerification> =>
    identity.ask(verifyAudit, { tenantId }, ADMIN);
  const change = (seconds: number, caller = owner) =>
    identity.ask(putSettings, { postCallSmsDelaySeconds: seconds }, caller);
  const tamper = (sql: string) =>
    identity.database.query(sql.replace('OURS', `tenant_id = '${owner.tenantId}'`));

  it('tells who did what, from where, and what changed', async () => {
    const impersonatorId = newId();
    await change(5);
    await change(7, { ...owner, impersonatorId, userAgent: 'curl/8', requestId: 'my-request' });
    const [second, first] = await entries({ action: 'settings.changed' });
    expect(first).toMatchObject({
      seq: 1,
      before: { postCallSmsDelaySeconds: 60 },
      after: { postCallSmsDelaySeconds: 5 },
      impersonatorId: null,
    });
    expect(second).toMatchObject({
      seq: 2,
      tenantId: owner.tenantId,
      resourceType: 'settings',
      actorUserId: owner.userId,
      impersonatorId,
      ip: '203.0.113.7',
      userAgent: 'curl/8',
      requestId: 'my-request',
      before: { postCallSmsDelaySeconds: 5 },
      after: { postCallSmsDelaySeconds: 7 },
    });
  });

  it('tells of signing in, of the lock after failures, and of signing out', async () => {
    const credentials = { email: session.user.email, password: PASSWORD };
    const here = await identity.ask(login, credentials);
    await identity.ask(logout, {}, callerOf(here));
    for (let n = 0; n < 5; n++)
      await expect(identity.ask(login, { ...credentials, password: 'wrong' })).rejects.toThrow();
    const told = (await entries()).map(({ action, resourceId, actorUserId }) => [
      action,
      resourceId,
      actorUserId,
    ]);
    const { sessionId } = callerOf(here);
    expect(told).toEqual([
      ['login.locked', session.user.id, null],
      ['session.revoked', sessionId, session.user.id],
      ['login.succeeded', sessionId, session.user.id],
    ]);
  });

  it('does not grow by guessing at addresses without an account', async () => {
    const count = async () =>
      (await identity.database.query<{ n: number }>('SELECT count(*)::int AS n FROM identity.audit_logs'))[0]
        ?.n;
    const before = await count();
    const email = anEmail();
    for (let n = 0; n < 6; n++)
      await expect(identity.ask(login, { email, password: 'wrong' })).rejects.toThrow();
    expect(await count()).toBe(before);
  });

  it('is written with the act or not at all', async () => {
    await expect(
      identity.ask(putSettings, { businessHours: { monday: [{ opens: '17:00', closes: '08:00' }] } }, owner),
    ).rejects.toThrow();
    expect(await entries()).toEqual([]);
  });

  it('can be filtered, and comes in pages', async () => {
    for (const seconds of [1, 2, 3]) await change(seconds);
    await identity.ask(createServiceToken, { name: 'n', scopes: ['lookup'] }, owner);
    expect((await entries({ action: 'api-key.created' })).map(({ seq }) => seq)).toEqual([4]);
    expect(await entries({ actor: newId() })).toEqual([]);
    expect(await entries({ actor: owner.userId ?? '' })).toHaveLength(4);
    const [, , second] = await entries();
    const at = second?.at ?? '';
    expect((await entries({ from: at })).map(({ seq }) => seq)).toContain(2);
    expect((await entries({ to: at })).map(({ seq }) => seq)).not.toContain(2);
    const first = await identity.ask(listAuditLogs, { limit: 3 }, owner);
    const rest = await identity.ask(
      listAuditLogs,
      { limit: 3, ...(first.nextCursor ? { cursor: first.nextCursor } : {}) },
      owner,
    );
    expect([...first.data, ...rest.data].map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
    expect(rest.nextCursor).toBeNull();
  });

  it('is one tenant’s, and the platform’s as a whole', async () => {
    await change(1);
    const stranger = callerOf(await identity.signUp());
    await expect(identity.ask(listAuditLogs, {}, stranger)).resolves.toEqual({ data: [], nextCursor: null });
    const { tenantId = '' } = owner;
    await expect(identity.ask(listAllAuditLogs, { tenantId }, ADMIN)).resolves.toMatchObject({
      data: [expect.objectContaining({ tenantId })],
    });
    const refused = { status: 403 };
    await expect(identity.ask(listAllAuditLogs, { tenantId }, owner)).rejects.toMatchObject(refused);
    await expect(identity.ask(verifyAudit, { tenantId }, owner)).rejects.toMatchObject(refused);
  });

  it('stays one chain when many write at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => change(n)));
    expect(await verify()).toEqual({ intact: true, chains: 1, rows: 20, firstBroken: null });
  });

  it('is found whole while acts are being written, between any two looks at it', async () => {
    await change(0);
    const database = await openDatabase({
      service: 'identity',
      url: identity.database.urlOf('identity'),
      poolSize: 1,
    });
    let seconds = 0;
    const aMomentLater = async <T>(read: Promise<T>): Promise<T> => {
      const found = await read;
      await change(++seconds);
      return found;
    };
    class RowsOfABusyChain extends AuditRepository {
      override findEnd = (chain: string) => aMomentLater(super.findEnd(chain));
      override stretch = (...asked: [string, number, number]) => aMomentLater(super.stretch(...asked));
    }
    try {
      const verifier = new AuditVerifier(database, new RowsOfABusyChain(database));
      expect(await verifier.verify(owner.tenantId)).toMatchObject({ intact: true, rows: 1 });
    } finally {
      await database.dataSource.destroy();
    }
    expect(await verify()).toMatchObject({ intact: true, rows: seconds + 1 });
  });

  it.each([
    [
      'a changed fact',
      `UPDATE identity.audit_logs SET after = '{"x":1}' WHERE OURS AND seq = 3`,
      3,
      'changed',
    ],
    [
      'a changed time',
      `UPDATE identity.audit_logs SET at = at - interval '1 ms' WHERE OURS AND seq = 2`,
      2,
      'changed',
    ],
    [
      'a changed actor',
      `UPDATE identity.audit_logs SET actor_user_id = NULL WHERE OURS AND seq = 1`,
      1,
      'changed',
    ],
    ['a removed row', `DELETE FROM identity.audit_logs WHERE OURS AND seq = 2`, 2, 'missing'],
    ['a removed beginning', `DELETE FROM identity.audit_logs WHERE OURS AND seq = 1`, 1, 'missing'],
    ['a removed end', `DELETE FROM identity.audit_logs WHERE OURS AND seq = 4`, 4, 'missing'],
    ['a chain that is gone', `DELETE FROM identity.audit_logs WHERE OURS`, 1, 'missing'],
    [
      'an added row',
      `INSERT INTO identity.audit_logs (id, chain, seq, tenant_id, at, action, resource_type, request_id, hash)
       SELECT gen_random_uuid(), chain, 5, tenant_id, at, action, resource_type, request_id, hash
       FROM identity.audit_logs WHERE OURS AND seq = 4`,
      5,
      'changed',
    ],
  ])('shows %s', async (_what, sql, seq, fault) => {
    for (const seconds of [1, 2, 3, 4]) await change(seconds);
    expect(await verify()).toMatchObject({ intact: true, rows: 4 });
    await tamper(sql);
    const firstBroken = { tenantId: owner.tenantId, seq, fault };
    expect(await verify()).toMatchObject({ intact: false, firstBroken });
    const all = await identity.ask(verifyAudit, {}, ADMIN);
    expect(all.intact).toBe(false);
    expect(all.chains).toBeGreaterThan(1);
  });

  it('cannot be changed or removed by the service itself', async () => {
    await change(1);
    const raw = new Client({ connectionString: identity.database.urlOf('identity') });
    await raw.connect();
    try {
      await raw.query(`SELECT set_config('app.tenant_id', $1, false)`, [owner.tenantId]);
      const { rows } = await raw.query('SELECT id FROM identity.audit_logs');
      expect(rows).toHaveLength(1);
      for (const sql of ['UPDATE identity.audit_logs SET action = action', 'DELETE FROM identity.audit_logs'])
        await expect(raw.query(sql)).rejects.toThrow('permission denied');
    } finally {
      await raw.end();
    }
  });
});
