import {
  createConversation,
  createEndpoint,
  listCalls,
  listDeliveries,
  newId,
  type Operation,
  runAs,
} from '@parley/contracts';
import * as contracts from '@parley/contracts';
import { schemaOf } from '@parley/persistence';
import { eventually } from '@parley/testing';
import { getMetadataStorage } from 'class-validator';
import { Client } from 'pg';
import { INNER_SERVICES, STATEFUL_SERVICES } from '../apps/standalone/src/services';
import { type Member, TestPlatform } from './support/platform';

type AnyOperation = Operation<object, object>;

const isOperation = (value: unknown): value is AnyOperation =>
  typeof value === 'object' && value !== null && 'request' in value && 'service' in value && 'name' in value;

/** Every operation the contracts declare. */
const OPERATIONS: AnyOperation[] = Object.values(contracts).filter(isOperation);

/** Fields of a request that hold an id. */
function idFieldsOf({ request }: AnyOperation): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(request, '', false, false);
  return [...new Set(rules.filter(({ name }) => name === 'isUuid').map(({ propertyName }) => propertyName))];
}

/** What the fields need besides ids for a request to be taken seriously. */
const FILLERS: Record<string, unknown> = {
  text: 'x',
  status: undefined,
  url: 'https://example.com/hook',
  name: 'x',
  provider: 'vapi',
};

describe('isolation of tenants', () => {
  let platform: TestPlatform;
  let victim: Member;
  let stranger: Member;
  let ids: string[];

  beforeAll(async () => {
    platform = await TestPlatform.start();
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
    ids = await idsOf(victim.tenantId);
  });
  afterAll(() => platform?.close());

  it('has something to protect in every service', () => {
    expect(ids.length).toBeGreaterThan(10);
  });

  it('gives a stranger nothing through any operation, and changes nothing', async () => {
    const before = await fingerprint(victim.tenantId);
    const answered: string[] = [];
    let tried = 0;
    for (const operation of OPERATIONS) {
      const fields = idFieldsOf(operation);
      for (const id of fields.length > 0 ? ids : [newId()]) {
        const request = {
          ...fillersOf(operation),
          ...Object.fromEntries(fields.map((field) => [field, id])),
        };
        tried += 1;
        const text = await runAs(stranger.caller, () => platform.rpc.forward(operation, request)).catch(
          (error: unknown) => {
            expect([
              'notFound',
              'invalid',
              'forbidden',
              'conflict',
              'unauthenticated',
              'rateLimited',
            ]).toContain((error as { kind?: string }).kind);
            return '';
          },
        );
        // An id the stranger sent may come back as a filter's echo; anything else of the victim's may not.
        if (ids.some((known) => known !== id && text.includes(known))) answered.push(operation.name);
      }
    }
    process.stdout.write(
      `isolation: ${tried} requests to ${OPERATIONS.length} operations, ${answered.length} leaks\n`,
    );
    expect(answered).toEqual([]);
    expect(await fingerprint(victim.tenantId)).toEqual(before);
  });

  it('answers 404 to foreign ids on every route that takes one', async () => {
    interface Document {
      paths: Record<string, Record<string, { tags?: string[] }>>;
    }
    const { body: document } = await platform.call<Document>('GET', '/api-docs-json');
    // Among the operations before was the one that ends all one's own sessions.
    stranger = await platform.signUp('Stranger');
    const before = await fingerprint(victim.tenantId);
    const wrong: string[] = [];
    let tried = 0;
    for (const [template, methods] of Object.entries(document.paths)) {
      if (!template.includes('{') || template.includes('{provider}') || template.includes('/admin/'))
        continue;
      for (const method of Object.keys(methods)) {
        for (const id of ids) {
          const path = template.replace(/\{\w+\}/g, id);
          const body = ['post', 'put', 'patch'].includes(method) ? {} : undefined;
          const answer = await platform.call(method.toUpperCase(), path, {
            token: stranger.accessToken,
            body,
          });
          tried += 1;
          if (![404, 400].includes(answer.status)) wrong.push(`${method} ${path}: ${answer.status}`);
        }
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
      INNER_SERVICES.map(async ({ name }) => {
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
      found.push(...rows.map(({ id }) => id).filter(contracts.isUuid));
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

  function fillersOf({ request }: AnyOperation): Record<string, unknown> {
    const rules = getMetadataStorage().getTargetValidationMetadatas(request, '', false, false);
    const fields = new Set(rules.map(({ propertyName }) => propertyName));
    return Object.fromEntries(
      Object.entries(FILLERS).filter(([field, value]) => fields.has(field) && value !== undefined),
    );
  }
});
