import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  addPhoneNumber,
  newId,
  putDefaultEndpoint,
  putIntegration,
  register,
  runAs,
  SERVICES,
  type ServiceName,
  systemCaller,
} from '@parley/contracts';
import { RabbitMqTransport, RpcClient } from '@parley/messaging';
import {
  eventually,
  rabbitmqctl,
  type TestBroker,
  testBroker,
  type TestDatabase,
  testDatabase,
} from '@parley/testing';
import { STATEFUL_SERVICES } from '../../apps/standalone/src/services';
import { type ServiceProcess, ServiceProcesses } from '../../apps/standalone/src/service-processes';
import { freePort } from '../../apps/standalone/src/servers/ports';
import { type HostilePlan, planHostility, type PlannedCall, type PlannedTenant } from './hostile-plan';
import { Killer } from './killer';
import { Random } from './random';
import { WebhookCatcher } from './webhook-catcher';
import { sendAll, type SendingReport } from './webhook-sender';

const ROOT = join(__dirname, '../..');
const CALLS = Number(process.env['HOSTILE_CALLS'] ?? 2_000);
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_120);
const KILL_EVERY_MS = 4_000;
const FREE_CREDITS = 15;
/** What is allowed to settle after the last webhook was accepted. */
const SETTLE_MS = 240_000;

const creditsOf = ({ durationSeconds }: PlannedCall): number => Math.ceil(durationSeconds / 60);
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Real processes, real RabbitMQ and PostgreSQL, and everything that can go wrong with delivery at once. */
describe('hostile delivery', () => {
  let database: TestDatabase;
  let broker: TestBroker;
  const catcher = new WebhookCatcher();
  const processes = new ServiceProcesses(ROOT);
  const services = new Map<ServiceName, ServiceProcess>();
  const random = new Random(SEED);
  const tenants: PlannedTenant[] = [];
  let plan: HostilePlan;
  let report: SendingReport;

  beforeAll(async () => {
    if (!existsSync(join(ROOT, 'dist/apps/gateway/src/main.js')))
      throw new Error('Build first: npm run build');
    database = await testDatabase(STATEFUL_SERVICES);
    broker = await testBroker();
    const target = await catcher.start();
    const ingestPort = await freePort();
    const ingestUrl = `http://127.0.0.1:${ingestPort}`;
    const encryptionKey = randomBytes(32).toString('base64');
    for (const name of SERVICES) {
      services.set(name, {
        name,
        internalPort: await freePort(),
        env: {
          PATH: process.env['PATH'],
          NODE_ENV: 'test',
          LOG_LEVEL: process.env['TEST_LOGS'] ? 'info' : 'silent',
          DATABASE_URL: database.urlOf(name),
          RABBITMQ_URL: broker.url,
          ENCRYPTION_KEY: encryptionKey,
          BCRYPT_COST: '4',
          PORT: String(name === 'telephony-ingest' ? ingestPort : await freePort()),
          PUBLIC_URL: ingestUrl,
          WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true',
          WEBHOOK_RETRY_BASE_SECONDS: '1',
          WEBHOOK_LIMIT_PER_MINUTE: '0',
          CALL_REPORT_GRACE_SECONDS: '600',
          SANDBOX_URL: 'http://127.0.0.1:9',
        },
      });
    }
    await Promise.all([...services.values()].map((service) => processes.start(service)));
    const transport = await RabbitMqTransport.connect({ url: broker.url, name: 'hostile-delivery' });
    for (let index = 0; index < 3; index++)
      tenants.push(await arrangeTenant(new RpcClient(transport), index, target));
    await transport.close();
    plan = planHostility(tenants, CALLS, ingestUrl, random);
  }, 180_000);

  afterAll(async () => {
    await processes.stopAll();
    await catcher.stop();
    await broker?.remove();
    await database?.remove();
  }, 60_000);

  it('takes every genuine webhook and no forged one while processes die and the broker restarts', async () => {
    const killer = new Killer(processes, services, random, KILL_EVERY_MS);
    const restart = new Promise((resolve) => setTimeout(resolve, 10_000)).then(async () => {
      await rabbitmqctl('stop_app');
      await rabbitmqctl('start_app');
    });
    report = await sendAll(plan.requests);
    await restart;
    await killer.stop();
    const kills = sum([...killer.kills.values()]);
    process.stdout.write(
      `hostile delivery: ${plan.calls.length} calls, ${plan.genuineEvents} events, ${plan.requests.length} requests, ` +
        `${kills} kills (${[...killer.kills].map(([name, count]) => `${name} ${count}`).join(', ')}), ` +
        `1 broker restart, ${report.retries} retried requests\n`,
    );
    expect(report.refusedGenuine).toEqual([]);
    expect(report.acceptedForgeries).toBe(0);
    expect(report.refusedForgeries).toBe(plan.forged);
    expect(kills).toBeGreaterThan(0);
  }, 600_000);

  it(
    'has every genuine call once, in its terminal state, and no other',
    async () => {
      const calls = await eventually(async () => {
        const rows = await database.query<{
          provider_call_id: string;
          status: string;
          duration_seconds: number;
        }>('SELECT provider_call_id, status, duration_seconds FROM telephony.calls');
        const ended = rows.filter(({ status }) =>
          ['completed', 'no_answer', 'busy', 'failed', 'cancelled'].includes(status),
        );
        expect(ended.length).toBe(plan.calls.length);
        expect(await journalRest(database)).toEqual([]);
        return rows;
      }, SETTLE_MS);
      const found = new Map(calls.map((call) => [call.provider_call_id, call]));
      const wrong = plan.calls.filter(({ providerCallId, status, durationSeconds }) => {
        const call = found.get(providerCallId);
        return call?.status !== status || call.duration_seconds !== durationSeconds;
      });
      const lost = plan.calls.filter(({ providerCallId }) => !found.has(providerCallId)).length;
      process.stdout.write(
        `hostile delivery: lost ${lost}, doubled ${calls.length - found.size}, wrong ${wrong.length}, ` +
          `forged ${report.acceptedForgeries} of ${plan.forged}\n`,
      );
      expect(wrong).toEqual([]);
      expect(calls.length).toBe(plan.calls.length);
    },
    SETTLE_MS + 60_000,
  );

  it(
    'has charged each tenant what the inputs say, to the credit',
    async () => {
      const expected = new Map(
        tenants.map(({ id }) => [id, FREE_CREDITS - sum(callsOf(id).map(creditsOf))] as const),
      );
      await eventually(async () => {
        const rows = await database.query<{ tenant_id: string; balance: string }>(
          `SELECT tenant_id, balance FROM billing.wallets WHERE meter = 'credits'`,
        );
        expect(new Map(rows.map((row) => [row.tenant_id, Number(row.balance)]))).toEqual(expected);
      }, SETTLE_MS);
      const unbalanced = await database.query(
        'SELECT transaction_id FROM billing.ledger_entries GROUP BY transaction_id HAVING sum(amount) <> 0',
      );
      expect(unbalanced).toEqual([]);
    },
    SETTLE_MS + 10_000,
  );

  it(
    'has counted each call and each second once',
    async () => {
      await eventually(async () => {
        const rows = await database.query<{ tenant_id: string; calls: number; seconds: number }>(
          `SELECT tenant_id, sum(calls)::int AS calls, sum(seconds)::int AS seconds
         FROM analytics.daily_metrics GROUP BY tenant_id`,
        );
        const counted = new Map(rows.map(({ tenant_id, calls, seconds }) => [tenant_id, { calls, seconds }]));
        const expected = tenants.map(({ id }) => {
          const calls = callsOf(id);
          return [
            id,
            { calls: calls.length, seconds: sum(calls.map((call) => call.durationSeconds)) },
          ] as const;
        });
        expect(counted).toEqual(new Map(expected));
      }, SETTLE_MS);
    },
    SETTLE_MS + 10_000,
  );

  it(
    'has delivered the end of every call at least once, always under one id',
    async () => {
      await eventually(() => {
        const counts = plan.calls.map(({ providerCallId }) =>
          catcher.idsOf('call.call-ended', providerCallId),
        );
        expect(counts.filter((ids) => ids === 0)).toHaveLength(0);
        expect(counts.filter((ids) => ids > 1)).toHaveLength(0);
      }, SETTLE_MS);
      const dead = await database.query(
        'SELECT id FROM notifications.dead_letters UNION ALL SELECT id FROM billing.dead_letters',
      );
      expect(dead).toEqual([]);
      process.stdout.write(
        `hostile delivery: ${catcher.requests} outbound requests received, 0 calls without one\n`,
      );
    },
    SETTLE_MS + 10_000,
  );

  const callsOf = (tenantId: string): PlannedCall[] =>
    plan.calls.filter((call) => call.tenantId === tenantId);
});

/** What the journal still owes: nothing may wait, nothing may have died. */
async function journalRest(
  database: TestDatabase,
): Promise<{ status: string; count: number; error: string | null }[]> {
  return database.query(
    `SELECT status, count(*)::int AS count, max(last_error) AS error FROM telephony.journal
     WHERE status NOT IN ('processed', 'ignored') GROUP BY status`,
  );
}

async function arrangeTenant(rpc: RpcClient, index: number, target: string): Promise<PlannedTenant> {
  const session = await runAs(systemCaller('arrange'), () =>
    rpc.call(register, {
      email: `owner${index}@hostile.test`,
      password: randomBytes(12).toString('hex'),
      name: `Owner ${index}`,
    }),
  );
  const tenant: PlannedTenant = {
    id: session.tenant.id,
    vapiNumber: `+1418555020${index}`,
    twilioNumber: `+1418555030${index}`,
    accountSid: `AC${String(index).repeat(32)}`,
    vapiSecret: randomBytes(24).toString('hex'),
    twilioToken: randomBytes(16).toString('hex'),
  };
  const owner = {
    requestId: newId(),
    tenantId: tenant.id,
    userId: session.user.id,
    roles: ['owner' as const],
    locale: 'fr' as const,
  };
  await runAs(owner, async () => {
    await rpc.call(putIntegration, { provider: 'vapi', webhookSecret: tenant.vapiSecret });
    await rpc.call(putIntegration, {
      provider: 'twilio',
      accountSid: tenant.accountSid,
      authToken: tenant.twilioToken,
    });
    // The tenant reaches telephony by an event: it may take a moment.
    await eventually(() =>
      rpc.call(addPhoneNumber, { e164: tenant.vapiNumber, provider: 'vapi', assistantId: newId() }),
    );
    await eventually(() => rpc.call(addPhoneNumber, { e164: tenant.twilioNumber, provider: 'twilio' }));
    await rpc.call(putDefaultEndpoint, {
      url: `${target}/${index}`,
      secret: randomBytes(24).toString('hex'),
    });
  });
  return tenant;
}
