import {
  createConversation,
  createEndpoint,
  getReferralCode,
  listCalls,
  listDeliveries,
  isUuid,
  newId,
  recordReferralSignup,
  runAs,
} from '@parley/contracts';
import { schemaOf } from '@parley/persistence';
import { eventually } from '@parley/testing';
import { Client } from 'pg';
import { STATEFUL_SERVICES } from '../apps/standalone/src/services';
import { doorsOf, idFieldsOf, OPERATIONS, pathWith, payloadOf, takesId } from './attack/doors';
import { sampleOf } from './attack/samples';
import { reasonFor } from './attack/unproved';
import { type Member, TestPlatform } from './support/platform';

describe('isolation of tenants', () => {
  let platform: TestPlatform;
  let victim: Member;
  let stranger: Member;
  let ids: string[];

  beforeAll(async () => {
    platform = await TestPlatform.start({ RATE_LIMITS: 'off' });
    victim = await platform.signUp('Victim');
    stranger = await platform.signUp('Stranger');
    await platform.arrangeLines(victim, {
      vapi: '+14185550110',
      twilio: '+14185550111',
      accountSid: `AC${'a'.repeat(32)}`,
    });
    await control('/control/receivers', { path: 'victim', secret: 'not-checked-here', scheme: 'none' });
    await runAs(victim.caller, async () => {
      const { rpc } = platform;
      await rpc.call(createEndpoint, {
        name: 'own',
        url: `${platform.sandbox.url}/n8n/webhook/victim`,
        events: ['call.ended'],
      });
      await rpc.call(createConversation, { personaId: 'closer', title: 'private' });
    });
    await control('/control/vapi/calls', {
      webhookUrl: `${platform.url}/v1/webhooks/vapi`,
      from: '+15145550142',
      to: '+14185550110',
    });
    await runAs(victim.caller, () =>
      eventually(async () => {
        expect((await platform.rpc.call(listCalls, {})).data).toHaveLength(1);
        const { data } = await platform.rpc.call(listDeliveries, {});
        expect(data.length).toBeGreaterThan(0);
        expect(data.filter(({ status }) => status !== 'delivered')).toEqual([]);
      }, 30_000),
    );
    const { code } = await runAs(victim.caller, () => platform.rpc.call(getReferralCode, {}));
    const referred = await platform.signUp('Referred');
    await runAs(referred.caller, () => platform.rpc.call(recordReferralSignup, { code }));
    ids = await idsOf(victim.tenantId);
  });
  afterAll(() => platform?.close());

  it('has something to protect in every service', () => {
    expect(ids.length).toBeGreaterThan(10);
  });

  it('gives a stranger nothing through any operation, and changes nothing', async () => {
    const before = await fingerprint(victim.tenantId);
    const wrong: string[] = [];
    let tried = 0;
    for (const operation of OPERATIONS) {
      const fields = idFieldsOf(operation);
      for (const id of fields.length > 0 ? ids : [newId()]) {
        const request = { ...sampleOf(operation), ...Object.fromEntries(fields.map((field) => [field, id])) };
        tried += 1;
        const { text, kind } = await runAs(stranger.caller, () =>
          platform.rpc.forward(operation, request),
        ).then(
          (text) => ({ text, kind: 'answered' }),
          (error: unknown) => ({ text: '', kind: (error as { kind?: string }).kind ?? 'broke' }),
        );
        // An id the stranger sent may come back as a filter's echo; anything else of the victim's may not.
        const leaked = ids.some((known) => known !== id && text.includes(known));
        const held = ['notFound', 'forbidden', 'unauthenticated'].includes(kind);
        const explained = fields.length === 0 || reasonFor('foreign id to an operation', operation.name);
        if (leaked || kind === 'broke' || (!held && !explained)) wrong.push(`${operation.name}: ${kind}`);
        // It may have ended the membership or the sessions of who called it.
        if (kind === 'answered' && fields.length === 0) stranger = await platform.signUp('Stranger');
      }
    }
    process.stdout.write(`isolation: ${tried} requests to ${OPERATIONS.length} operations\n`);
    expect(wrong).toEqual([]);
    expect(await fingerprint(victim.tenantId)).toEqual(before);
  });

  it('answers 404 to foreign ids on every route that takes one, whatever valid body comes with it', async () => {
    stranger = await platform.signUp('Stranger');
    const before = await fingerprint(victim.tenantId);
    const wrong: string[] = [];
    let tried = 0;
    for (const door of (await doorsOf(platform)).filter((each) => takesId(each) && !each.public)) {
      const expected = door.platform ? [403] : [404];
      for (const id of ids) {
        const path = pathWith(door, id);
        const { status } = await platform.call(door.method, path, {
          token: stranger.accessToken,
          ...payloadOf(door),
        });
        tried += 1;
        if (!expected.includes(status)) wrong.push(`${door.method} ${path}: ${status}`);
      }
    }
    process.stdout.write(`isolation: ${tried} requests to routes with ids, ${wrong.length} answered\n`);
    expect(wrong).toEqual([]);
    expect(await fingerprint(victim.tenantId)).toEqual(before);
  });

  it('keeps platform administration from tenants', async () => {
    for (const path of ['/v1/admin/inbound-webhooks', '/v1/admin/dead-letters?service=billing']) {
      const { status } = await platform.call('GET', path, { token: victim.accessToken });
      expect(status).toBe(403);
    }
  });

  it.each(STATEFUL_SERVICES.map(({ name }) => name))(
    'shows a raw session of %s without a tenant no row',
    async (service) => {
      const { schema } = schemaOf(service);
      const raw = new Client({ connectionString: platform.database.urlOf(service) });
      await raw.connect();
      try {
        const seen: string[] = [];
        for (const table of await tablesOf(schema)) {
          const shared = table.columns.includes('tenant_id') ? 'WHERE tenant_id IS NOT NULL' : '';
          const { rows } = await raw.query<{ n: number }>(
            `SELECT count(*)::int AS n FROM ${schema}.${table.name} ${shared}`,
          );
          if ((rows[0]?.n ?? 0) > 0) seen.push(table.name);
        }
        expect(seen).toEqual([]);
        const others = STATEFUL_SERVICES.filter((other) => other.name !== service).map(
          (other) => schemaOf(other.name).schema,
        );
        for (const other of others) {
          const [table] = await tablesOf(other);
          await expect(raw.query(`SELECT * FROM ${other}.${table?.name}`)).rejects.toThrow(
            'permission denied',
          );
        }
      } finally {
        await raw.end();
      }
    },
  );

  async function control(path: string, body: object): Promise<void> {
    const answer = await fetch(platform.sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
  }

  interface Table {
    name: string;
    columns: string[];
  }

  async function tablesOf(schema: string): Promise<Table[]> {
    return platform.database.query<Table>(
      `SELECT c.relname AS name, array_agg(a.attname::text) AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname <> 'migrations'
       GROUP BY c.relname ORDER BY c.relname`,
      [schema],
    );
  }

  async function tenantTables(): Promise<{ name: string; columns: string[] }[]> {
    const all = await Promise.all(
      STATEFUL_SERVICES.map(async ({ name }) => {
        const { schema } = schemaOf(name);
        return (await tablesOf(schema)).map((table) => ({ ...table, name: `${schema}.${table.name}` }));
      }),
    );
    const kit = /\.(outbox|outbox_dead|inbox|dead_letters)$/;
    return all.flat().filter(({ name, columns }) => columns.includes('tenant_id') && !kit.test(name));
  }

  /** Ids of everything a tenant has. */
  async function idsOf(tenantId: string): Promise<string[]> {
    const found: string[] = [];
    for (const { name, columns } of await tenantTables()) {
      if (!columns.includes('id')) continue;
      const rows = await platform.database.query<{ id: string }>(
        `SELECT id::text FROM ${name} WHERE tenant_id = $1 LIMIT 3`,
        [tenantId],
      );
      found.push(...rows.map(({ id }) => id).filter(isUuid));
    }
    return [...new Set(found)];
  }

  /** One hash per table of all a tenant's rows. */
  async function fingerprint(tenantId: string): Promise<Record<string, string>> {
    const prints: Record<string, string> = {};
    for (const { name } of await tenantTables()) {
      const [row] = await platform.database.query<{ print: string }>(
        `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS print FROM ${name} t WHERE tenant_id = $1`,
        [tenantId],
      );
      prints[name] = row?.print ?? '';
    }
    return prints;
  }
});
