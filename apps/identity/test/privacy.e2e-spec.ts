import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  type CallerContext,
  createInvitation,
  createPrivacyRequest,
  type CreatePrivacyRequest,
  type FilePart,
  identityPrivacyCompletedV1,
  newId,
  type PrivacyReceiptV1,
  type PrivacyRequestResponse,
  type SessionResponse,
  reactivateUser,
  suspendUser,
  verifyAudit,
} from '@parley/contracts';
import { FileStore } from '@parley/files';
import { eventually } from '@parley/testing';
import { ACTS_OF_PERSON } from '../src/privacy/audit-rows';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';
import { openCompany } from './members-in-test';

const ADMIN: Partial<CallerContext> = {
  roles: ['super_admin'],
  userId: newId(),
  tenantId: newId(),
  ip: '198.51.100.99',
};

interface Act {
  id: string;
  action: string;
  actor_user_id: string | null;
  resource_type: string;
  resource_id: string | null;
  ip?: string | null;
  before: object | null;
  after: object | null;
}

describe('identity and privacy', () => {
  let identity: IdentityInTest;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(pathOf(tmpdir(), 'parley-identity-privacy-'));
    identity = await startIdentity({
      FILES_DIR: folder,
      ERASURE_GRACE_HOURS: '0',
      ERASURE_SETTLE_SECONDS: '0',
    });
  });
  afterAll(async () => {
    await identity?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (session: SessionResponse, request: CreatePrivacyRequest): Promise<PrivacyRequestResponse> =>
    identity.ask(createPrivacyRequest, request, callerOf(session));

  const receiptOf = (requestId: string): Promise<PrivacyReceiptV1> =>
    eventually(async () => {
      const receipts = (await identity.published(identityPrivacyCompletedV1.type)).map(
        ({ payload }) => payload as PrivacyReceiptV1,
      );
      const receipt = receipts.find((each) => each.requestId === requestId);
      if (!receipt) throw new Error('no receipt yet');
      return receipt;
    }, 20_000);

  /** Rows of a table in what identity wrote for an export. */
  async function exported<Row>(requestId: string, wanted: string): Promise<Row[]> {
    const { manifest } = await receiptOf(requestId);
    const files: FileStore = identity.service.get(FileStore as never);
    const lines = async <Line>(key = ''): Promise<Line[]> =>
      String(await buffer(await files.get(key)))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
    const parts = await lines<FilePart>(manifest?.key);
    const rows = parts.filter(({ table }) => table === wanted).map(({ key }) => lines<Row>(key));
    return (await Promise.all(rows)).flat();
  }

  describe('acts of somebody', () => {
    const actsBut = (ids: readonly string[]): Promise<Act[]> =>
      identity.database.query<Act>(
        'SELECT * FROM identity.audit_logs WHERE NOT (id = ANY($1::uuid[])) ORDER BY id',
        [ids],
      );

    it.each(['email', 'reason', '_', 'a'])(
      'who is called %j gets and erases their own and nobody else’s',
      async (name) => {
        const person = await identity.signUp({ name });
        const neighbour = await openCompany(identity);
        const invited = `${name}.${person.user.email}`;
        for (const email of [person.user.email, invited])
          await identity.ask(createInvitation, { email, role: 'user' }, callerOf(neighbour));
        await identity.ask(suspendUser, { id: person.user.id, reason: name.repeat(10) }, ADMIN);
        await identity.ask(reactivateUser, { id: person.user.id }, ADMIN);

        const { id } = await ask(person, { kind: 'export' });
        const own = await exported<Act>(id, 'audit_logs');
        expect(own.map(({ action }) => action)).toEqual(
          expect.arrayContaining(['invitation.created', 'privacy.requested', 'user.suspended']),
        );
        const sessions = [callerOf(person).sessionId];
        for (const { resource_id: on, resource_type: type, actor_user_id: by, after, ip } of own) {
          const about =
            [by, on].includes(person.user.id) || (type === 'session' && sessions.includes(on ?? ''));
          const invites = type === 'invitation' && (after as { email?: string }).email === person.user.email;
          expect([type, on, about || invites]).toEqual([type, on, true]);
          expect(ip === undefined).toBe(by !== null && by !== person.user.id);
        }

        const others = await actsBut(own.map((act) => act.id));
        expect(others.filter(({ after }) => after).length).toBeGreaterThan(0);
        await receiptOf((await ask(person, { kind: 'erasure' })).id);
        const left = await actsBut([]);
        for (const other of others) expect(left).toContainEqual(other);
        const told = await identity.database.query(
          `SELECT action FROM identity.audit_logs WHERE salt IS NOT NULL
             AND ($1 IN (actor_user_id::text, resource_id) OR $2 IN (after ->> 'email', before ->> 'email'))`,
          [person.user.id, person.user.email],
        );
        expect(told).toEqual([]);
        const tenantId = callerOf(neighbour).tenantId ?? '';
        expect(await identity.ask(verifyAudit, { tenantId }, ADMIN)).toMatchObject({ intact: true });
      },
      30_000,
    );

    it('are looked up, not searched for in everybody’s', async () => {
      const { user } = await identity.signUp();
      await identity.database.query(
        `INSERT INTO identity.audit_logs (id, chain, seq, at, action, resource_type, resource_id, actor_user_id,
           request_id, hash, version)
         SELECT gen_random_uuid(), '00000000-0000-4000-8000-000000000000', n, now(), 'made.up', 'user',
           gen_random_uuid()::text, gen_random_uuid(), 'r', '', 2 FROM generate_series(1, 20000) AS n`,
      );
      await identity.database.query('ANALYZE identity.audit_logs');
      const plan = await identity.database.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT t.id FROM identity.audit_logs t
         WHERE ${ACTS_OF_PERSON.where.replaceAll('$1', `'${user.id}'`).replace(/(FROM) (\w+ \w\b)/g, '$1 identity.$2')}
         ORDER BY t.id LIMIT 500`,
      );
      const scans = plan
        .map((line) => line['QUERY PLAN'])
        .filter((line) => /Seq Scan on audit_logs/.test(line));
      expect(scans).toEqual([]);
    });
  });
});
