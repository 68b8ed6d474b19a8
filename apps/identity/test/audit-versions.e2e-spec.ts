import { createHash } from 'node:crypto';
import { type CallerContext, newId, putSettings, verifyAudit } from '@parley/contracts';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';

const ADMIN: Partial<CallerContext> = { roles: ['super_admin'], userId: newId() };
const AT = '2026-11-01T10:00:00.123Z';

/** A row and its hash as the first release wrote them; never to be changed with the code. */
function firstReleaseRow(tenantId: string) {
  const row = {
    action: 'settings.changed',
    actorKeyId: null,
    actorUserId: newId(),
    after: { postCallSmsDelaySeconds: 5 },
    at: AT,
    before: null,
    id: newId(),
    impersonatorId: null,
    ip: '203.0.113.7',
    requestId: 'r',
    resourceId: null,
    resourceType: 'settings',
    seq: 1,
    tenantId,
    userAgent: null,
  };
  const hash = createHash('sha256').update(Buffer.alloc(32)).update(JSON.stringify(row)).digest();
  return { ...row, hash };
}

describe('an audit chain that began before rows told of impersonations', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const begin = async (): Promise<string> => {
    const owner = callerOf(await identity.signUp());
    const { tenantId = '' } = owner;
    const { id, actorUserId, after, ip, hash } = firstReleaseRow(tenantId);
    // The columns the release before knows: it still writes while this one is rolled out.
    await identity.database.query(
      `INSERT INTO identity.audit_logs
         (id, chain, seq, tenant_id, at, action, resource_type, actor_user_id, ip, request_id, after, hash)
       VALUES ($1, $2, 1, $2, $3, 'settings.changed', 'settings', $4, $5, 'r', $6, $7)`,
      [id, tenantId, AT, actorUserId, ip, JSON.stringify(after), hash],
    );
    await identity.database.query('INSERT INTO identity.audit_heads (chain, seq, hash) VALUES ($1, 1, $2)', [
      tenantId,
      hash,
    ]);
    await identity.ask(putSettings, { postCallSmsDelaySeconds: 7 }, owner);
    return tenantId;
  };
  const verify = (tenantId: string) => identity.ask(verifyAudit, { tenantId }, ADMIN);

  it('holds, and goes on', async () => {
    expect(await verify(await begin())).toEqual({ intact: true, chains: 1, rows: 2, firstBroken: null });
  });

  it.each([
    ['an impersonation put into an old row', 'SET impersonation_id = gen_random_uuid()', 1],
    ['an old row that says it is new', 'SET version = 2', 1],
    ['an impersonation put into a new row', 'SET impersonation_id = gen_random_uuid()', 2],
    ['a new row that says it is old', 'SET version = 1', 2],
  ])('shows %s', async (_what, change, seq) => {
    const tenantId = await begin();
    await identity.database.query(
      `UPDATE identity.audit_logs ${change} WHERE tenant_id = '${tenantId}' AND seq = ${seq}`,
    );
    expect(await verify(tenantId)).toMatchObject({ intact: false, firstBroken: { seq, fault: 'changed' } });
  });
});
