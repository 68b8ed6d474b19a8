import { createConversation, createEndpoint, listCalls, listDeliveries, runAs } from '@parley/contracts';
import { schemaOf } from '@parley/persistence';
import { eventually } from '@parley/testing';
import { STATEFUL_SERVICES } from '../../apps/standalone/src/services';
import type { Member, TestPlatform } from '../support/platform';
import { isId } from './doors';

export interface Table {
  schema: string;
  name: string;
  columns: string[];
}

/** Tables of the kit itself: they hold what is on its way, and change while nobody does anything. */
const KIT = new Set(['outbox', 'outbox_dead', 'inbox', 'dead_letters', 'migrations']);
/** Columns in which jobs of ours note how far they are. */
const PROGRESS = ['rolled_up_to'];
const ROWS_PER_TABLE = 1;

/** A tenant with something to lose in every service. */
export class Victim {
  private constructor(
    private readonly platform: TestPlatform,
    readonly member: Member,
    readonly ids: readonly string[],
  ) {}

  static async arrange(platform: TestPlatform): Promise<Victim> {
    const member = await platform.signUp('Victim');
    await platform.arrangeLines(member, {
      vapi: '+14185550110',
      twilio: '+14185550111',
      accountSid: `AC${'a'.repeat(32)}`,
    });
    const { rpc, sandbox } = platform;
    await control(sandbox.url, '/control/receivers', {
      path: 'victim',
      secret: 'not-checked-here',
      scheme: 'none',
    });
    await runAs(member.caller, async () => {
      const url = `${sandbox.url}/n8n/webhook/victim`;
      await rpc.call(createEndpoint, { name: 'own', url, events: ['call.ended'] });
      await rpc.call(createConversation, { personaId: 'closer', title: 'private' });
    });
    const { status } = await platform.call('POST', '/v1/service-tokens', {
      token: member.accessToken,
      body: { name: 'own', scopes: ['calls:read'] },
    });
    if (status !== 201) throw new Error(`the service token answered ${status}`);
    await control(sandbox.url, '/control/vapi/calls', {
      webhookUrl: `${platform.url}/v1/webhooks/vapi`,
      from: '+15145550142',
      to: '+14185550110',
    });
    await runAs(member.caller, () =>
      eventually(async () => {
        const { data: calls } = await rpc.call(listCalls, {});
        const { data: deliveries } = await rpc.call(listDeliveries, {});
        if (calls.length === 0 || deliveries.length === 0) throw new Error('nothing was recorded yet');
        if (deliveries.some(({ status }) => status !== 'delivered')) throw new Error('not delivered yet');
      }, 30_000),
    );
    const archive = await exportOf(platform, member);
    const ids = [archive, ...(await idsOf(platform, member.tenantId))];
    return new Victim(platform, member, [...new Set(ids)]);
  }

  /** One hash per table of everything the tenant has. */
  async fingerprint(): Promise<Record<string, string>> {
    const prints: Record<string, string> = {};
    for (const { schema, name } of await tenantTables(this.platform)) {
      const [row] = await this.platform.database.query<{ print: string }>(
        `SELECT md5(coalesce(string_agg(t.row, '|' ORDER BY t.row), '')) AS print
         FROM (SELECT (to_jsonb(r) - $2::text[])::text AS row FROM ${schema}.${name} r WHERE tenant_id = $1) t`,
        [this.member.tenantId, PROGRESS],
      );
      prints[`${schema}.${name}`] = row?.print ?? '';
    }
    return prints;
  }

  /** Whether `text` holds an id of the victim's beside those the attacker sent. */
  isIn(text: string, sent: readonly string[] = []): boolean {
    return this.ids.some((id) => !sent.includes(id) && text.includes(id));
  }
}

/** An archive of everything the tenant has, ready to be downloaded. */
async function exportOf(platform: TestPlatform, { accessToken: token }: Member): Promise<string> {
  const { body } = await platform.call<{ id: string }>('POST', '/v1/privacy/requests', {
    token,
    body: { kind: 'export', scope: 'tenant' },
  });
  await eventually(async () => {
    const { status } = await platform.call('GET', `/v1/privacy/requests/${body.id}/download`, { token });
    if (status !== 200) throw new Error(`the victim's own download answered ${status}`);
  }, 30_000);
  return body.id;
}

async function control(origin: string, path: string, body: object): Promise<void> {
  const answer = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
}

export async function tablesOf(platform: TestPlatform, schema: string): Promise<Table[]> {
  const tables = await platform.database.query<Table>(
    `SELECT n.nspname AS schema, c.relname AS name, array_agg(a.attname::text) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') GROUP BY 1, 2 ORDER BY 2`,
    [schema],
  );
  return tables.filter(({ name }) => name !== 'migrations');
}

async function tenantTables(platform: TestPlatform): Promise<Table[]> {
  const all = await Promise.all(
    STATEFUL_SERVICES.map(({ name }) => tablesOf(platform, schemaOf(name).schema)),
  );
  return all.flat().filter(({ name, columns }) => columns.includes('tenant_id') && !KIT.has(name));
}

async function idsOf(platform: TestPlatform, tenantId: string): Promise<string[]> {
  const found: string[] = [];
  for (const { schema, name, columns } of await tenantTables(platform)) {
    if (!columns.includes('id')) continue;
    const rows = await platform.database.query<{ id: string }>(
      `SELECT id::text FROM ${schema}.${name} WHERE tenant_id = $1 LIMIT ${ROWS_PER_TABLE}`,
      [tenantId],
    );
    found.push(...rows.map(({ id }) => id).filter(isId));
  }
  return [...new Set(found)];
}
