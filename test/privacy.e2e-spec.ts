import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  createConversation,
  createEndpoint,
  createPrivacyRequest,
  type JwksResponse,
  listCalls,
  listDeliveries,
  listMessages,
  newId,
  PRIVACY_COMPLETED,
  PRIVACY_SERVICES,
  type PrivacyRequestResponse,
  privacyRequestedV1,
  runAs,
  sendMessage,
  systemCaller,
} from '@parley/contracts';
import { schemaOf } from '@parley/persistence';
import { KIT_TABLES, type PersonalTable, RetentionSchedule } from '@parley/platform';
import { eventually } from '@parley/testing';
import { compactVerify, createLocalJWKSet } from 'jose';
import { AGENTS_DATA } from '../apps/ai-agents/src/privacy/agents-data';
import { ANALYTICS_DATA } from '../apps/analytics/src/privacy/analytics-data';
import { BILLING_DATA } from '../apps/billing/src/privacy/billing-data';
import { GATEWAY_DATA } from '../apps/gateway/src/privacy/gateway-data';
import { AuditVerifier } from '../apps/identity/src/audit/audit-verifier';
import { IDENTITY_DATA } from '../apps/identity/src/privacy/identity-data';
import { PrivacySaga } from '../apps/identity/src/privacy/privacy-saga.service';
import { NOTIFICATIONS_DATA } from '../apps/notifications/src/privacy/notifications-data';
import { TELEPHONY_DATA } from '../apps/telephony-ingest/src/privacy/telephony-data';
import {
  inboundSmsForm,
  type Mail,
  newTwilioSid,
  type RunningSandbox,
  signedTwilioHeaders,
  startSandbox,
} from '../apps/sandbox/src';
import { type Member, TestPlatform } from './support/platform';

interface ErrorBody {
  error: { code: string };
}

const DATA: Record<string, readonly PersonalTable[]> = {
  identity: IDENTITY_DATA,
  'telephony-ingest': TELEPHONY_DATA,
  'ai-agents': AGENTS_DATA,
  billing: BILLING_DATA,
  analytics: ANALYTICS_DATA,
  notifications: NOTIFICATIONS_DATA,
  gateway: GATEWAY_DATA,
};

/** Tables that say nothing of anybody. */
const IMPERSONAL = new Set([
  'identity.signing_keys',
  'identity.system_config_versions',
  'identity.oauth_used_tokens',
  'identity.facebook_deletions',
  'telephony.deleted_calls',
  'billing.reconciliation_runs',
  'billing.referral_settings',
]);

/** How people sign in, beside their password, and what is theirs alone. */
const CREDENTIALS = [
  'mfa_totp',
  'mfa_passkeys',
  'mfa_recovery_codes',
  'mfa_challenges',
  'oauth_accounts',
  'oauth_states',
  'oauth_tickets',
  'user_provider_keys',
];
const KIT = ['inbox', 'outbox', 'migrations', 'privacy_tasks', 'privacy_parts', 'erased_tenants'];

const CUSTOMER = '+15145550177';
const OTHER_CUSTOMER = '+15145550178';

interface Seeded extends Member {
  name: string;
  lines: { vapi: string; twilio: string; accountSid: string };
}

describe('privacy, through the whole platform', () => {
  let platform: TestPlatform;
  let folder: string;
  let neighbour: Seeded;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-privacy-'));
    platform = await TestPlatform.start({
      FILES_DIR: folder,
      ERASURE_GRACE_HOURS: '0',
      ERASURE_SETTLE_SECONDS: '0',
      RATE_LIMIT_AUTH: '100000',
      APP_URL: 'https://app.parley.test',
    });
    neighbour = await seed('Neighbourling', 3);
  }, 120_000);
  afterAll(async () => {
    await platform?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(PRIVACY_SERVICES)('%s says of every table what becomes of it', async (service) => {
    const { schema } = schemaOf(service);
    const tables = await platform.database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1`,
      [schema],
    );
    const said = new Set([...(DATA[service] ?? []), ...KIT_TABLES].map(({ table }) => table));
    const silent = tables
      .map(({ name }) => name)
      .filter((name) => !said.has(name) && !KIT.includes(name) && !IMPERSONAL.has(`${schema}.${name}`));
    // A table missing here belongs into apps/<service>/src/privacy/<service>-data.ts.
    expect(silent).toEqual([]);
  });

  it('exports all of a tenant and nothing of its neighbour, once per open request', async () => {
    const owner = await seed('Exportina', 1);
    const created = await ask(owner, { kind: 'export', scope: 'tenant' });
    expect([created.status, created.body.status]).toEqual([201, 'received']);
    const again = await ask(owner, { kind: 'export', scope: 'tenant' });
    expect([again.status, (again.body as unknown as ErrorBody).error.code]).toEqual([
      409,
      'PRIVACY_REQUEST_OPEN',
    ]);
    const done = await completed(owner, created.body.id);
    expect(done.services.map(({ status }) => status)).toEqual(PRIVACY_SERVICES.map(() => 'completed'));

    const files = await download(owner, done.id);
    const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as {
      files: { name: string; rows: number; sha256: string; table: string }[];
    };
    expect(manifest.files.map(({ name }) => name).sort()).toEqual(
      [...files.keys()].filter((name) => name !== 'manifest.json').sort(),
    );
    for (const { name, sha256, rows } of manifest.files) {
      const body = files.get(name) ?? Buffer.alloc(0);
      expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
      expect(body.toString().trimEnd().split('\n')).toHaveLength(rows);
    }
    const exported = (service: string, table: string): number =>
      manifest.files
        .filter((file) => file.name.startsWith(`${service}/`) && file.table === table)
        .reduce((sum, { rows }) => sum + rows, 0);
    for (const [service, tables] of Object.entries(DATA)) {
      for (const { table, tenant } of tables) {
        if (!tenant || tenant.exported === false || ['users', 'tenants', 'audit_logs'].includes(table))
          continue;
        const [row] = await platform.database.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM ${schemaOf(service as 'billing').schema}.${table} t WHERE ${tenant.where.includes('reply_to') ? 't.tenant_id = ANY($1::uuid[])' : tenant.where}`,
          [[owner.tenantId]],
        );
        expect([service, table, exported(service, table)]).toEqual([service, table, row?.n]);
      }
    }
    const everything = [...files.values()].map(String).join('\n');
    for (const mine of [CUSTOMER, owner.email, owner.name, owner.lines.vapi, `words of ${owner.name}`])
      expect(everything).toContain(mine);
    for (const others of [neighbour.tenantId, neighbour.email, neighbour.name, neighbour.lines.vapi])
      expect(everything).not.toContain(others);
    for (const secret of ['password_hash', 'secret_hash', 'token_hash', 'secret_enc', 'private_enc'])
      expect(everything).not.toContain(secret);

    const mail = await mailTo(owner.email, 'Your data is ready');
    expect(mail.text).toContain(`https://app.parley.test/privacy/requests/${done.id}`);
    const path = `/v1/privacy/requests/${done.id}`;
    for (const door of ['', '/download', '/certificate'])
      expect((await get(neighbour, path + door)).status).toBe(404);

    await sweep(8 * 86_400_000);
    expect((await get(owner, `${path}/download`)).status).toBe(409);
  }, 60_000);

  it('exports to a person what is theirs, and not what is their company’s', async () => {
    const owner = await seed('Selfexport', 4);
    await platform.call('PUT', '/v1/users/me/consents/marketing', {
      token: owner.accessToken,
      body: { granted: true, version: '2026-11' },
    });
    const phone = '+14185550176';
    await platform.call('PATCH', '/v1/users/me', { token: owner.accessToken, body: { phone } });
    const { body } = await ask(owner, { kind: 'export' });
    const files = await download(owner, (await completed(owner, body.id)).id);
    const tables = [...files.keys()].map((name) => /\/\d+-(\w+)-\d+\.ndjson$/.exec(name)?.[1]).sort();
    expect(tables).toEqual(
      expect.arrayContaining(['auth_sessions', 'consents', 'conversations', 'emails', 'messages', 'users']),
    );
    expect(tables).not.toContain('calls');
    const everything = [...files.values()].map(String).join('\n');
    expect(everything).toContain(`words of ${owner.name}`);
    expect(everything).toContain(phone);
    expect(everything).not.toContain(CUSTOMER);
  }, 60_000);

  it('erases a person with their tenant: nothing is left anywhere, money and acts stay', async () => {
    const owner = await seed('Wilhelmine', 2);
    await arm(owner);
    const neighbours = await fingerprint(neighbour.tenantId);
    const books = await ledgerOf(owner.tenantId);
    expect(books).not.toEqual([]);
    const acts = await actsOf(owner.tenantId);
    const ownPhone = '+14185550177';
    await platform.call('PATCH', '/v1/users/me', { token: owner.accessToken, body: { phone: ownPhone } });
    const phones = [owner.lines.vapi, owner.lines.twilio, ownPhone];
    expect((await tracesOf([owner.email, owner.name, ...phones])).length).toBeGreaterThan(5);

    const copy = (await ask(owner, { kind: 'export', scope: 'tenant' })).body;
    await completed(owner, copy.id);
    const unfinished = newId();
    await platform.database.query(
      `INSERT INTO identity.privacy_requests
         (id, tenant_id, user_id, kind, scope, status, requested_at, execute_at, started_at, asked_at, due_at)
       VALUES ($1, $2, $3, 'export', 'tenant', 'running', now(), now(), now(), now(), now())`,
      [unfinished, owner.tenantId, owner.userId],
    );
    const { body } = await ask(owner, { kind: 'erasure' });
    await eventually(async () => {
      const [row] = await platform.database.query<{ status: string }>(
        'SELECT status FROM identity.privacy_requests WHERE id = $1',
        [body.id],
      );
      expect(row?.status).toBe('completed');
    }, 20_000);
    const mail = await mailTo(owner.email, 'The data was erased');
    expect(existsSync(join(folder, 'privacy', copy.id))).toBe(false);
    const others = await platform.database.query<{ status: string }>(
      'SELECT status FROM identity.privacy_requests WHERE id = $1',
      [unfinished],
    );
    expect(others).toEqual([{ status: 'cancelled' }]);
    await eventually(async () =>
      expect(await tracesOf([owner.email, owner.name, ...phones, `words of ${owner.name}`])).toEqual([]),
    );

    for (const table of CREDENTIALS)
      expect([table, await rowsOf(`identity.${table}`, 'user_id', owner.userId)]).toEqual([table, 0]);
    expect(await rowsOf('gateway.http_idempotency', 'tenant_id', owner.tenantId)).toBe(0);
    const acted = await platform.database.query(
      'SELECT reason, ended_reason AS ended FROM identity.impersonations WHERE user_id = $1',
      [owner.userId],
    );
    expect(acted).toEqual([{ reason: 'erased with its subject', ended: 'erased' }]);
    expect(await ledgerOf(owner.tenantId)).toEqual(books);
    expect((await actsOf(owner.tenantId)).length).toBeGreaterThanOrEqual(acts.length);
    expect((await actsOf(owner.tenantId)).filter(({ ip, before }) => ip ?? before)).toEqual([]);
    const verifier = platform.get<AuditVerifier>('identity', AuditVerifier);
    expect(await verifier.verify()).toMatchObject({ intact: true });

    await eventually(async () => expect((await get(owner, '/v1/users/me')).status).toBe(401));

    const token = /token=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? '';
    const given = await platform.call<{ certificate: string }>(
      'GET',
      `/v1/privacy/certificate?token=${token}`,
    );
    expect(given.status).toBe(200);
    const jwks = await platform.call<JwksResponse>('GET', '/.well-known/jwks.json');
    const { payload } = await compactVerify(given.body.certificate, createLocalJWKSet(jwks.body as never));
    const facts = JSON.parse(Buffer.from(payload).toString()) as {
      jti: string;
      stores: Record<string, { erased: Record<string, number> }>;
    };
    expect(facts.jti).toBe(body.id);
    expect(Object.keys(facts.stores).sort()).toEqual([...PRIVACY_SERVICES].sort());
    expect(facts.stores['telephony-ingest']?.erased).toMatchObject({ calls: 1, messages: 1 });
    expect(facts.stores['ai-agents']?.erased).toMatchObject({ conversations: 1, messages: 2 });
    expect((await platform.call('GET', '/v1/privacy/certificate?token=unknown')).status).toBe(404);

    await comesLate(owner);
    await comesAgain(owner, body.id);
    expect(await tracesOf([owner.email, owner.name, ...phones])).toEqual([]);
    expect(await fingerprint(neighbour.tenantId)).toEqual(neighbours);

    // Last, for what is typed to sign in is kept for some days, whoever typed it.
    for (const [method, path, bodyOf] of [
      ['POST', '/v1/auth/login', { email: owner.email, password: owner.password }],
      ['POST', '/v1/auth/refresh', { refreshToken: owner.refreshToken }],
    ] as const)
      expect((await platform.call(method, path, { body: bodyOf })).status).toBe(401);
  }, 90_000);

  it('erases a tenant for its owner alone; its people keep their accounts', async () => {
    const owner = await seed('Firmenlos', 6);
    const colleague = await platform.signUp('Mitarbeiter');
    await platform.database.query(
      `INSERT INTO identity.memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'admin')`,
      [newId(), owner.tenantId, colleague.userId],
    );
    const pretender = { ...colleague.caller, tenantId: owner.tenantId };
    await expect(
      runAs(pretender, () => platform.rpc.call(createPrivacyRequest, { kind: 'erasure', scope: 'tenant' })),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    const impersonated = { ...owner.caller, impersonatorId: newId() };
    await expect(
      runAs(impersonated, () => platform.rpc.call(createPrivacyRequest, { kind: 'erasure' })),
    ).rejects.toMatchObject({ kind: 'forbidden' });

    const { body } = await ask(owner, { kind: 'erasure', scope: 'tenant' });
    await eventually(async () => {
      const signedIn = await platform.call<{ accessToken: string; tenant: { id: string } }>(
        'POST',
        '/v1/auth/login',
        { body: { email: owner.email, password: owner.password } },
      );
      expect(signedIn.status).toBe(200);
      expect(signedIn.body.tenant.id).not.toBe(owner.tenantId);
      const again = { ...owner, accessToken: signedIn.body.accessToken };
      expect((await completed(again, body.id)).scope).toBe('tenant');
      expect((await get(again, `/v1/privacy/requests/${body.id}/certificate`)).status).toBe(200);
    }, 20_000);
    const traces = await tracesOf([`words of ${owner.name}`, owner.lines.vapi, `customer of ${owner.name}`]);
    expect(traces).toEqual([]);
    expect(await countOf('calls', owner.tenantId)).toBe(0);
    expect((await get(colleague, '/v1/users/me')).status).toBe(200);
  }, 60_000);

  it('erases an agency with the clients that have nobody else; the others go on by themselves', async () => {
    const owner = await platform.signUp('Agentur');
    const client = await platform.signUp('Klientin');
    await platform.database.query(
      `UPDATE identity.tenants SET kind = 'company', agency = true WHERE id = $1`,
      [owner.tenantId],
    );
    const opened = async (name: string): Promise<string> => {
      const answer = await platform.call<{ id: string }>('POST', '/v1/sub-accounts', {
        token: owner.accessToken,
        body: { name },
      });
      expect(answer.status).toBe(201);
      return answer.body.id;
    };
    const [desertedId, lastingId] = [await opened('Deserted Inc'), await opened('Lasting Inc')];
    await platform.database.query(
      `INSERT INTO identity.memberships (id, tenant_id, user_id, role) VALUES ($1, $2, $3, 'owner')`,
      [newId(), lastingId, client.userId],
    );
    const entered = await platform.call<{ accessToken: string }>('POST', '/v1/auth/switch-tenant', {
      token: owner.accessToken,
      body: { tenantId: lastingId },
    });
    expect(entered.status).toBe(200);
    const back = await platform.call<{ accessToken: string }>('POST', '/v1/auth/login', {
      body: { email: owner.email, password: owner.password },
    });
    const { status, body } = await ask(
      { ...owner, accessToken: back.body.accessToken },
      { kind: 'erasure', scope: 'tenant' },
    );
    expect(status).toBe(201);
    await eventually(async () => {
      const [row] = await platform.database.query<{ status: string }>(
        'SELECT status FROM identity.privacy_requests WHERE id = $1',
        [body.id],
      );
      expect(row?.status).toBe('completed');
    }, 20_000);
    const standing = await platform.database.query(
      `SELECT id, status, parent_id AS parent FROM identity.tenants WHERE id = ANY($1) ORDER BY id`,
      [[owner.tenantId, desertedId, lastingId]],
    );
    expect(standing).toEqual(
      [
        { id: owner.tenantId, status: 'deleted', parent: null },
        { id: desertedId, status: 'deleted', parent: null },
        { id: lastingId, status: 'active', parent: null },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect(await tracesOf(['Deserted Inc'])).toEqual([]);
    const inside = { ...owner, accessToken: entered.body.accessToken };
    await eventually(async () => expect((await get(inside, '/v1/users/me')).status).toBe(401));
    const members = await platform.database.query<{ id: string }>(
      `SELECT user_id AS id FROM identity.memberships WHERE tenant_id = $1 AND status = 'active'`,
      [lastingId],
    );
    expect(members).toEqual([{ id: client.userId }]);
  }, 60_000);

  it('removes what a tenant no longer keeps, in every service that holds it', async () => {
    const owner = await seed('Kurzgedaechtnis', 7);
    const put = (body: object) =>
      platform.call<Record<string, unknown>>('PUT', '/v1/settings/retention', {
        token: owner.accessToken,
        body,
      });
    expect((await put({ conversationsDays: 0 })).status).toBe(400);
    expect((await put({ everythingDays: 5 })).status).toBe(400);
    expect((await put({ conversationsDays: 5, deliveriesDays: 5 })).status).toBe(200);
    expect((await put({ conversationsDays: 6 })).body).toMatchObject({
      conversationsDays: 6,
      deliveriesDays: 5,
    });
    expect((await get(owner, '/v1/settings/retention')).body).toMatchObject({
      conversationsDays: 6,
      callsDays: null,
    });
    for (const schema of ['telephony', 'agents', 'notifications'])
      await eventually(async () => {
        const rows = await platform.database.query(
          `SELECT version, conversations_days AS days FROM ${schema}.retention WHERE tenant_id = $1`,
          [owner.tenantId],
        );
        expect(rows).toEqual([{ version: 2, days: 6 }]);
      });
    const { id: deleted } = await runAs(neighbour.caller, () =>
      platform.rpc.call(createConversation, { personaId: 'closer' }),
    );
    await platform.database.query(
      `UPDATE agents.conversations SET deleted_at = now() - interval '31 days' WHERE id = $1`,
      [deleted],
    );
    await platform.database.query(
      `UPDATE agents.conversations SET last_message_at = now() - interval '7 days'`,
    );
    await platform.database.query(
      `UPDATE notifications.webhook_deliveries SET created_at = now() - interval '7 days'`,
    );
    await platform.database.query(
      `UPDATE notifications.webhook_events SET created_at = now() - interval '7 days'`,
    );
    for (const service of ['ai-agents', 'notifications', 'telephony-ingest'])
      await runAs(systemCaller(newId()), () =>
        platform.get<RetentionSchedule>(service, RetentionSchedule).run(),
      );
    const rowsIn = async (table: string, tenantId: string): Promise<number> => {
      const rows = await platform.database.query(`SELECT 1 FROM ${table} WHERE tenant_id = $1`, [tenantId]);
      return rows.length;
    };
    const purged = [
      'agents.conversations',
      'agents.messages',
      'notifications.webhook_deliveries',
      'notifications.webhook_attempts',
      'notifications.webhook_events',
    ];
    for (const table of purged) {
      expect([table, await rowsIn(table, owner.tenantId)]).toEqual([table, 0]);
      expect([table, await rowsIn(table, neighbour.tenantId)]).not.toEqual([table, 0]);
    }
    expect(await rowsIn('agents.conversations', neighbour.tenantId)).toBe(1);
    expect(await countOf('calls', owner.tenantId)).toBe(1);
  }, 60_000);

  it('erases one customer of a tenant, who is still not to be written to', async () => {
    const owner = await seed('Kundenreich', 5);
    await call(owner, OTHER_CUSTOMER);
    await text(owner, CUSTOMER, 'STOP');
    await runAs(owner.caller, () =>
      eventually(async () => expect((await platform.rpc.call(listCalls, {})).data).toHaveLength(2)),
    );
    await eventually(async () => expect(await countOf('sms_opt_outs', owner.tenantId)).toBe(1));
    await settled(owner);
    const { body } = await ask(owner, { kind: 'erasure', subjectPhone: CUSTOMER });
    const done = await completed(owner, body.id);
    expect(done).toMatchObject({ scope: 'customer', subjectPhone: null });
    const digits = CUSTOMER.slice(1);
    const traces = await tracesOf([digits], owner.tenantId);
    expect(traces).toEqual(['telephony.sms_opt_outs']);
    expect((await tracesOf([OTHER_CUSTOMER.slice(1)], owner.tenantId)).length).toBeGreaterThan(1);
    expect((await tracesOf([digits], neighbour.tenantId)).length).toBeGreaterThan(1);
    const { status, body: certificate } = await get<{ certificate: string }>(
      owner,
      `/v1/privacy/requests/${done.id}/certificate`,
    );
    expect([status, certificate.certificate.split('.').length]).toEqual([200, 3]);
  }, 60_000);

  it('asks silent services again, takes late and repeated receipts, and only of running requests', async () => {
    const owner = await platform.signUp('Stiller');
    const { body } = await ask(owner, { kind: 'export' });
    const done = await completed(owner, body.id);
    const before = await get<PrivacyRequestResponse>(owner, `/v1/privacy/requests/${done.id}`);
    await platform.transport.publish([
      {
        meta: meta(PRIVACY_COMPLETED.billing.type, 'billing', done.id),
        payload: {
          requestId: done.id,
          service: 'billing',
          counts: { forged: 1 },
          parts: [],
          finishedAt: new Date().toISOString(),
        },
      },
    ]);
    const after = await get<PrivacyRequestResponse>(owner, `/v1/privacy/requests/${done.id}`);
    expect(after.body).toEqual(before.body);
    await platform.database.query(
      `UPDATE identity.privacy_requests SET status = 'running', receipts = receipts - 'billing',
         contact_enc = NULL WHERE id = $1`,
      [done.id],
    );
    await sweep(3_600_000);
    await eventually(async () => {
      const now = await get<PrivacyRequestResponse>(owner, `/v1/privacy/requests/${done.id}`);
      expect(now.body.services).toEqual(before.body.services);
    });
  }, 60_000);

  it('leaves time to think again, keeps owners to their companies, and knows who may ask for what', async () => {
    const owner = await platform.signUp('Bedenkzeit');
    const company = await platform.call<{ tenant: { id: string } }>('POST', '/v1/tenants', {
      token: owner.accessToken,
      body: { name: 'Bedenkzeit Inc' },
    });
    expect(company.status).toBe(201);
    const colleague = await platform.signUp('Kollege');
    await platform.database.query(
      `INSERT INTO identity.memberships (id, tenant_id, user_id, role)
       SELECT $1, m.tenant_id, $2, 'user' FROM identity.memberships m JOIN identity.tenants t ON t.id = m.tenant_id
       WHERE m.user_id = $3 AND t.kind = 'company'`,
      [newId(), colleague.userId, owner.userId],
    );
    await platform.database.query(
      `UPDATE identity.auth_sessions SET authenticated_at = now() - interval '1 day' WHERE user_id = $1`,
      [colleague.userId],
    );
    const later = await platform.call<{ accessToken: string }>('POST', '/v1/auth/refresh', {
      body: { refreshToken: colleague.refreshToken },
    });
    const stale = await ask({ ...colleague, accessToken: later.body.accessToken }, { kind: 'export' });
    expect([stale.status, (stale.body as unknown as ErrorBody).error.code]).toEqual([
      403,
      'STEP_UP_REQUIRED',
    ]);
    const refused = await ask(owner, { kind: 'erasure' });
    expect([refused.status, (refused.body as unknown as ErrorBody).error.code]).toEqual([
      409,
      'OWNERSHIP_TRANSFER_REQUIRED',
    ]);
    const both = await ask(owner, { kind: 'export', scope: 'me', subjectPhone: CUSTOMER });
    expect(both.status).toBe(400);
    expect((await ask(owner, { kind: 'forget' })).status).toBe(400);

    await platform.database.query(
      `INSERT INTO identity.privacy_requests (id, tenant_id, user_id, kind, scope, requested_at, execute_at, due_at)
       VALUES ($1, $2, $3, 'erasure', 'me', now(), now() + interval '72 hours', now() + interval '30 days')`,
      [newId(), colleague.tenantId, colleague.userId],
    );
    const { body: list } = await get<{ data: PrivacyRequestResponse[] }>(colleague, '/v1/privacy/requests');
    const [open] = list.data;
    const path = `/v1/privacy/requests/${open?.id}/cancel`;
    expect((await platform.call('POST', path, { token: owner.accessToken })).status).toBe(404);
    const cancelled = await platform.call<PrivacyRequestResponse>('POST', path, {
      token: colleague.accessToken,
    });
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect((await platform.call('POST', path, { token: colleague.accessToken })).status).toBe(409);
    expect((await get(colleague, `/v1/privacy/requests/${open?.id}/certificate`)).status).toBe(409);
  });

  it('keeps what people consented to, and when', async () => {
    const person = await platform.signUp('Consenta');
    const put = (purpose: string, body: object) =>
      platform.call<ErrorBody>('PUT', `/v1/users/me/consents/${purpose}`, {
        token: person.accessToken,
        body,
      });
    expect((await put('marketing', { granted: true, version: '1' })).status).toBe(200);
    expect((await put('marketing', { granted: true, version: '1' })).status).toBe(200);
    expect((await put('marketing', { granted: false, version: '1' })).status).toBe(200);
    expect((await put('terms', { granted: true, version: '2' })).status).toBe(200);
    expect((await put('selling', { granted: true, version: '1' })).status).toBe(400);
    expect((await put('terms', { granted: true, version: '1', at: 'now' })).status).toBe(400);
    interface Consents {
      data: { purpose: string; granted: boolean; ip: string | null }[];
      history: { purpose: string; granted: boolean }[];
    }
    const { body } = await get<Consents>(person, '/v1/users/me/consents');
    expect(body.data.map(({ purpose, granted }) => [purpose, granted])).toEqual([
      ['marketing', false],
      ['terms', true],
    ]);
    expect(body.data[0]?.ip).toBeTruthy();
    expect(body.history.map(({ purpose, granted }) => [purpose, granted])).toEqual([
      ['terms', true],
      ['marketing', false],
      ['marketing', true],
    ]);
  });

  const sweep = (laterMs: number): Promise<void> =>
    runAs(systemCaller(newId()), () =>
      platform.get<PrivacySaga>('identity', PrivacySaga).sweep(new Date(Date.now() + laterMs)),
    );
  const ask = (member: Member, body: object) =>
    platform.call<PrivacyRequestResponse>('POST', '/v1/privacy/requests', {
      token: member.accessToken,
      body,
    });
  const get = <Body = unknown>(member: Member, path: string) =>
    platform.call<Body>('GET', path, { token: member.accessToken });

  async function completed(member: Member, id: string): Promise<PrivacyRequestResponse> {
    return eventually(async () => {
      const { body } = await get<PrivacyRequestResponse>(member, `/v1/privacy/requests/${id}`);
      expect(body.status).toBe('completed');
      return body;
    }, 20_000);
  }

  async function mailTo(email: string, subject: string): Promise<Mail> {
    return eventually(async () => {
      const response = await fetch(`${platform.sandbox.url}/mailbox?to=${encodeURIComponent(email)}`);
      const { mails } = (await response.json()) as { mails: Mail[] };
      const found = mails.filter((mail) => mail.subject === subject);
      expect(found).toHaveLength(1);
      return found[0] as Mail;
    }, 20_000);
  }

  async function download(member: Member, id: string): Promise<Map<string, Buffer>> {
    const answer = await fetch(`${platform.url}/v1/privacy/requests/${id}/download`, {
      headers: { authorization: `Bearer ${member.accessToken}` },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/gzip']);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(answer.headers.get('x-content-sha256'));
    const files = new Map<string, Buffer>();
    const tar = gunzipSync(bytes);
    for (let at = 0; tar[at] !== 0;) {
      const name = tar.toString('utf8', at, tar.indexOf(0, at));
      const size = parseInt(tar.toString('ascii', at + 124, at + 135), 8);
      files.set(name, tar.subarray(at + 512, at + 512 + size));
      at += 512 + Math.ceil(size / 512) * 512;
    }
    return files;
  }

  async function control(path: string, body: object): Promise<void> {
    const answer = await fetch(platform.sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([answer.status, path]).toEqual([expect.any(Number), path]);
    expect(answer.ok).toBe(true);
  }

  const call = ({ lines, name }: Seeded, from: string) =>
    control('/control/vapi/calls', {
      webhookUrl: `${platform.url}/v1/webhooks/vapi`,
      from,
      to: lines.vapi,
      customerName: `customer of ${name}`,
    });
  /** Signed for the public address, under which Twilio knows us. */
  async function text({ lines }: Seeded, from: string, body: string): Promise<number> {
    const path = '/v1/webhooks/twilio/sms';
    const form = inboundSmsForm({
      accountSid: lines.accountSid,
      messageSid: newTwilioSid('SM'),
      from,
      to: lines.twilio,
      body,
    });
    const headers = signedTwilioHeaders(
      platform.secrets.twilioAuthToken,
      `https://hooks.parley.test${path}`,
      form,
    );
    const answer = await platform.call('POST', path, { headers, body: new URLSearchParams(form).toString() });
    return answer.status;
  }

  /** A person with a tenant that has something of everything. */
  async function seed(name: string, digit: number): Promise<Seeded> {
    const member = await platform.signUp(name);
    const lines = {
      vapi: `+1418555${digit}110`,
      twilio: `+1418555${digit}111`,
      accountSid: `AC${String(digit).repeat(32)}`,
    };
    const seeded = { ...member, name, lines };
    await platform.arrangeLines(member, lines);
    await control('/control/receivers', { path: name.toLowerCase(), secret: 'not-checked', scheme: 'none' });
    await runAs(member.caller, async () => {
      const { rpc } = platform;
      await rpc.call(createEndpoint, {
        name: `hook of ${name}`,
        url: `${platform.sandbox.url}/n8n/webhook/${name.toLowerCase()}`,
        events: ['call.ended', 'message.received'],
      });
      const { id } = await rpc.call(createConversation, { personaId: 'closer', title: `talk of ${name}` });
      await rpc.call(sendMessage, { conversationId: id, text: `words of ${name}` });
      await eventually(async () => {
        const { data } = await rpc.call(listMessages, { conversationId: id });
        expect(data.map(({ status }) => status)).toEqual(['complete', 'complete']);
      });
    });
    await call(seeded, CUSTOMER);
    expect(await text(seeded, CUSTOMER, `text to ${name}`)).toBe(200);
    await runAs(member.caller, () =>
      eventually(async () => expect((await platform.rpc.call(listCalls, {})).data).toHaveLength(1)),
    );
    await eventually(async () => expect(await countOf('messages', member.tenantId)).toBe(1));
    await eventually(async () => expect((await ledgerOf(member.tenantId)).length).toBeGreaterThan(2));
    await settled(seeded);
    return seeded;
  }

  /** Second factors, linked accounts, keys of their own, somebody acting in their name, an answer kept for repeats. */
  async function arm({ userId, tenantId, email, name, accessToken: token }: Seeded): Promise<void> {
    const root = await platform.signUpAdmin();
    const granted = await platform.call('POST', '/v1/admin/impersonations', {
      token: root.accessToken,
      body: { userId, tenantId, reason: `${name} asked for help`, mode: 'read', minutes: 15 },
    });
    expect(granted.status).toBe(201);
    const repeatable = await platform.call('POST', '/v1/service-tokens', {
      token,
      headers: { 'idempotency-key': `token of ${name}` },
      body: { name: `token of ${name}`, scopes: ['calls:read'] },
    });
    expect(repeatable.status).toBe(201);
    expect(await rowsOf('gateway.http_idempotency', 'tenant_id', tenantId)).toBe(1);
    const hash = `decode(md5(random()::text), 'hex')`;
    const times = `now(), now() + interval '10 minutes'`;
    for (const [table, values] of [
      [
        'mfa_totp (user_id, key_id, wrapped_key, sealed, created_at, confirmed_at)',
        `$1, 'k', 'w', 's', now(), now()`,
      ],
      [
        'mfa_passkeys (user_id, id, credential_id, public_key, sign_count, transports, synced, name, created_at)',
        `$1, gen_random_uuid(), $2, 'p', 0, '{}', false, $2, now()`,
      ],
      ['mfa_recovery_codes (user_id, code_hash)', `$1, ${hash}`],
      [
        'mfa_challenges (user_id, id, token_hash, purpose, created_at, expires_at)',
        `$1, gen_random_uuid(), ${hash}, 'step_up', ${times}`,
      ],
      [
        'oauth_accounts (user_id, id, provider, issuer, provider_user_id, email, created_at)',
        `$1, gen_random_uuid(), 'google', 'https://accounts.google.test', $2, $3, now()`,
      ],
      [
        'oauth_states (user_id, id, provider, state_hash, browser_hash, redirect_uri, secrets_enc, created_at, expires_at)',
        `$1, gen_random_uuid(), 'google', ${hash}, ${hash}, 'https://app.parley.test', 's', ${times}`,
      ],
      [
        'oauth_tickets (user_id, id, provider, ticket_hash, redirect_uri, profile_enc, created_at, expires_at)',
        `$1, gen_random_uuid(), 'google', ${hash}, 'https://app.parley.test', 'p', ${times}`,
      ],
      [
        'user_provider_keys (user_id, provider, key_id, wrapped_key, sealed, last_four, created_at, updated_at)',
        `$1, 'anthropic', 'k', 'w', 's', 'last', now(), now()`,
      ],
    ] as const)
      await platform.database.query(
        `INSERT INTO identity.${table} SELECT ${values} FROM (SELECT $1::uuid, $2::text, $3::text) AS _`,
        [userId, `passkey of ${name}`, email],
      );
  }

  /** Nothing is on its way any more. */
  const settled = ({ caller, tenantId }: Seeded) =>
    runAs(caller, () =>
      eventually(async () => {
        const { data } = await platform.rpc.call(listDeliveries, {});
        expect(data.length).toBeGreaterThan(0);
        expect(data.filter(({ status }) => status !== 'delivered')).toEqual([]);
        const waiting = await platform.database.query(
          `SELECT 1 FROM telephony.journal WHERE tenant_id = $1 AND status IN ('received', 'processing', 'deferred')`,
          [tenantId],
        );
        expect(waiting).toEqual([]);
      }, 30_000),
    );

  /** A webhook and an event of the erased tenant. */
  async function comesLate(owner: Seeded): Promise<void> {
    const held = await countOf('journal', owner.tenantId);
    await call(owner, CUSTOMER);
    await platform.transport.publish([
      {
        meta: { ...meta('identity.tenant.created.v1', 'identity', owner.tenantId), tenantId: owner.tenantId },
        payload: {
          tenantId: owner.tenantId,
          slug: 'late',
          name: owner.name,
          kind: 'personal',
          timezone: 'America/Toronto',
          locale: 'en',
          country: 'CA',
        },
      },
    ]);
    expect(await countOf('journal', owner.tenantId)).toBe(held);
    expect(await countOf('calls', owner.tenantId)).toBe(0);
    const projected = await platform.database.query('SELECT 1 FROM telephony.tenants WHERE id = $1', [
      owner.tenantId,
    ]);
    expect(projected).toEqual([]);
  }

  /** The request itself, a second time. */
  async function comesAgain(owner: Seeded, requestId: string): Promise<void> {
    await platform.transport.publish([
      {
        meta: meta(privacyRequestedV1.type, 'identity', requestId),
        payload: {
          requestId,
          kind: 'erasure',
          scope: 'me',
          tenantId: owner.tenantId,
          userId: owner.userId,
          wholeTenantIds: [owner.tenantId],
        },
      },
    ]);
    const [task] = await platform.database.query<{ subject: object }>(
      'SELECT subject FROM billing.privacy_tasks WHERE request_id = $1',
      [requestId],
    );
    expect(task?.subject).toEqual({});
  }

  const meta = (type: string, source: 'identity' | 'billing', subject: string) => ({
    id: newId(),
    type,
    source,
    subject,
    time: new Date().toISOString(),
    correlationId: newId(),
  });

  async function rowsOf(table: string, column: 'user_id' | 'tenant_id', id: string): Promise<number> {
    const [row] = await platform.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${column} = $1`,
      [id],
    );
    return row?.n ?? 0;
  }

  async function countOf(table: string, tenantId: string): Promise<number> {
    const [row] = await platform.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM telephony.${table} WHERE tenant_id = $1`,
      [tenantId],
    );
    return row?.n ?? 0;
  }

  const ledgerOf = (tenantId: string) =>
    platform.database.query<{ amount: string }>(
      `SELECT transaction_id, account_id, amount::text FROM billing.ledger_entries WHERE tenant_id = $1 ORDER BY 1, 2`,
      [tenantId],
    );

  const actsOf = (tenantId: string) =>
    platform.database.query<{ ip: string | null; before: object | null }>(
      `SELECT ip, before FROM identity.audit_logs WHERE tenant_id = $1 AND action <> 'privacy.completed'`,
      [tenantId],
    );

  interface Column {
    schema: string;
    table: string;
    tenant: boolean;
  }

  async function tables(): Promise<Column[]> {
    return platform.database.query<Column>(
      `SELECT n.nspname AS schema, c.relname AS "table",
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS tenant
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'public')
       ORDER BY 1, 2`,
    );
  }

  /** Tables where any column of any row holds one of `texts`, read by the owner of the database. */
  async function tracesOf(texts: readonly string[], tenantId?: string): Promise<string[]> {
    const found: string[] = [];
    for (const { schema, table, tenant } of await tables()) {
      if (tenantId && !tenant) continue;
      const body = table === 'journal' ? `|| encode(t.body, 'escape')` : '';
      const [row] = await platform.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${schema}.${table} t
         WHERE EXISTS (SELECT FROM unnest($1::text[]) AS x(wanted)
           WHERE position(lower(x.wanted) IN lower(t::text ${body})) > 0)
         ${tenantId ? 'AND t.tenant_id = $2::uuid' : ''}`,
        tenantId ? [texts, tenantId] : [texts],
      );
      if ((row?.n ?? 0) > 0) found.push(`${schema}.${table}`);
    }
    return found;
  }

  async function fingerprint(tenantId: string): Promise<Record<string, string>> {
    const prints: Record<string, string> = {};
    for (const { schema, table, tenant } of await tables()) {
      if (!tenant || ['outbox', 'outbox_dead'].includes(table)) continue;
      const [row] = await platform.database.query<{ print: string }>(
        `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS print
         FROM ${schema}.${table} t WHERE t.tenant_id = $1`,
        [tenantId],
      );
      prints[`${schema}.${table}`] = row?.print ?? '';
    }
    return prints;
  }
});

describe('privacy over an object store', () => {
  let store: RunningSandbox;
  let platform: TestPlatform;

  beforeAll(async () => {
    store = await startSandbox({ port: 0, twilioAuthToken: newId(), vapiSecret: newId() });
    platform = await TestPlatform.start({
      FILES_S3_ENDPOINT: `${store.url}/s3`,
      FILES_S3_PUBLIC_ENDPOINT: `${store.url}/s3`,
      FILES_S3_BUCKET: 'parley',
      FILES_S3_ACCESS_KEY_ID: newId(),
      FILES_S3_SECRET_ACCESS_KEY: newId(),
    });
  });
  afterAll(async () => {
    await platform?.close();
    await store?.close();
  });

  it('hands out the archive by a link of the store, and erases after three days that can be called off', async () => {
    const { accessToken: token } = await platform.signUp('Objektiv');
    const ask = (kind: string) =>
      platform.call<PrivacyRequestResponse>('POST', '/v1/privacy/requests', { token, body: { kind } });
    const path = `/v1/privacy/requests/${(await ask('export')).body.id}`;
    await eventually(async () => {
      const { body } = await platform.call<PrivacyRequestResponse>('GET', path, { token });
      expect(body.status).toBe('completed');
    }, 20_000);
    const answer = await fetch(`${platform.url}${path}/download`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
    });
    const link = answer.headers.get('location') ?? '';
    expect([answer.status, link.startsWith(`${store.url}/s3/parley/privacy/`)]).toEqual([302, true]);
    const archive = gunzipSync(Buffer.from(await (await fetch(link)).arrayBuffer()));
    expect(archive.toString()).toContain('Objektiv');

    const { body } = await ask('erasure');
    expect(Date.parse(body.executeAt) - Date.parse(body.requestedAt)).toBe(72 * 3_600_000);
    expect(Date.parse(body.dueAt) - Date.parse(body.requestedAt)).toBe(30 * 86_400_000);
    const cancelled = await platform.call('POST', `/v1/privacy/requests/${body.id}/cancel`, { token });
    expect(cancelled.status).toBe(200);
    await platform.get<PrivacySaga>('identity', PrivacySaga).begin(body.id);
    expect((await platform.call('GET', '/v1/users/me', { token })).status).toBe(200);
    expect((await ask('erasure')).status).toBe(201);
  }, 60_000);
});
