import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  getReconciliation,
  type LedgerVerification,
  newId,
  type ReconciliationRunDetail,
  runAs,
  type ServiceName,
  startReconciliation,
  tenantCreatedV1,
  verifyLedger,
} from '@parley/contracts';
import { RabbitMqTransport, RpcClient } from '@parley/messaging';
import {
  aCaller,
  eventually,
  type TestBroker,
  testBroker,
  type TestDatabase,
  testDatabase,
} from '@parley/testing';
import { billing } from '../../apps/billing/src';
import { type RunningSandbox, startSandbox } from '../../apps/sandbox/src';
import { type ServiceProcess, ServiceProcesses } from '../../apps/standalone/src/service-processes';
import { freePort } from '../../apps/standalone/src/servers/ports';
import { telephonyIngest } from '../../apps/telephony-ingest/src';
import { Killer } from '../hostile-delivery/killer';
import { Random } from '../hostile-delivery/random';
import { planStorm, type StormCall, type StormPlan } from './storm-plan';

const ROOT = join(__dirname, '../..');
/** Different facts; each comes five times. The full proof is 10,000. */
const FACTS = Number(process.env['USAGE_EVENTS'] ?? 1_000);
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_120);
const FREE_CREDITS = 15;
/** A longer storm leaves the process longer between its deaths, or it would only ever start. */
const KILL_EVERY_MS = FACTS > 2_000 ? 12_000 : 3_000;
const SETTLE_MS = 60_000 + FACTS * 75;
const PUBLISHED_AT_ONCE = 500;
const LOST = 40;
const WRONG = 20;
const BATCH = Math.max(5, Math.floor(FACTS / 200));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Billing as a process that is killed again and again, over real RabbitMQ and PostgreSQL. */
describe('a storm of usage', () => {
  let database: TestDatabase;
  let broker: TestBroker;
  let transport: RabbitMqTransport;
  let plan: StormPlan;
  let sandbox: RunningSandbox;
  const processes = new ServiceProcesses(ROOT);
  const services = new Map<ServiceName, ServiceProcess>();
  const random = new Random(SEED);
  const tenants = Array.from({ length: 5 }, () => newId());

  beforeAll(async () => {
    if (!existsSync(join(ROOT, 'dist/apps/billing/src/main.js')))
      throw new Error('Build first: npm run build');
    database = await testDatabase([billing, telephonyIngest]);
    broker = await testBroker();
    sandbox = await startSandbox({ port: 0, twilioAuthToken: 'unused', vapiSecret: 'unused' });
    for (const name of ['telephony-ingest', 'billing'] as const) {
      services.set(name, { name, internalPort: await freePort(), env: await environmentOf(name) });
    }
    await Promise.all([...services.values()].map((service) => processes.start(service)));
    transport = await RabbitMqTransport.connect({ url: broker.url, name: 'usage-storm' });
    plan = planStorm(tenants, FACTS, random);
  }, 120_000);

  afterAll(async () => {
    await transport?.close();
    await processes.stopAll();
    await sandbox?.close();
    await broker?.remove();
    await database?.remove();
  }, 60_000);

  async function environmentOf(name: ServiceName): Promise<Record<string, string | undefined>> {
    return {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      LOG_LEVEL: process.env['TEST_LOGS'] ? 'info' : 'silent',
      DATABASE_URL: database.urlOf(name),
      RABBITMQ_URL: broker.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      PORT: String(await freePort()),
      PUBLIC_URL: 'http://127.0.0.1:9',
      SANDBOX_URL: sandbox.url,
      FREE_CREDITS: String(FREE_CREDITS),
      RECONCILIATION_BATCH: String(BATCH),
      RECONCILIATION_GRACE_MINUTES: '0',
    };
  }
  const asPlatform = <T>(work: (rpc: RpcClient) => Promise<T>): Promise<T> =>
    runAs(aCaller({ roles: ['super_admin'] }), () => work(new RpcClient(transport)));
  const verify = (): Promise<LedgerVerification> => asPlatform((rpc) => rpc.call(verifyLedger, {}));
  const minutesBy = (calls: readonly StormCall[]): Map<string, number> =>
    new Map(
      tenants.map((id) => [id, sum(calls.filter(({ tenantId }) => tenantId === id).map((c) => c.minutes))]),
    );
  async function perTenant(sql: string): Promise<Map<string, number>> {
    const rows = await database.query<{ tenant: string; units: string }>(sql);
    return new Map(tenants.map((id) => [id, Number(rows.find(({ tenant }) => tenant === id)?.units ?? 0)]));
  }
  const recorded = () =>
    perTenant('SELECT tenant_id AS tenant, sum(quantity) AS units FROM billing.usage_records GROUP BY 1');
  const counted = () =>
    perTenant('SELECT tenant_id AS tenant, sum(used) AS units FROM billing.usage_periods GROUP BY 1');
  const balances = () =>
    perTenant(`SELECT tenant_id AS tenant, balance AS units FROM billing.wallets WHERE meter = 'credits'`);
  const consumed = () =>
    perTenant(`SELECT e.tenant_id AS tenant, sum(e.amount) AS units FROM billing.ledger_entries e
      JOIN billing.ledger_accounts a ON a.id = e.account_id AND a.code LIKE '%:consumed' GROUP BY 1`);

  async function expectExact(calls: readonly StormCall[]): Promise<void> {
    const minutes = minutesBy(calls);
    expect(await recorded()).toEqual(minutes);
    expect(await counted()).toEqual(minutes);
    expect(await consumed()).toEqual(minutes);
    expect(await balances()).toEqual(new Map([...minutes].map(([id, used]) => [id, FREE_CREDITS - used])));
    expect(await verify()).toMatchObject({ sound: true, unbalanced: 0, gaps: 0, discrepancies: [] });
  }

  it(
    'ends in exact sums though every fact comes five times, in no order, to a process that keeps dying',
    async () => {
      const started = Date.now();
      const created = tenants.map((tenantId) => {
        const id = newId();
        const { type, producer: source, sample } = tenantCreatedV1;
        const meta = { id, source, type, time: new Date().toISOString(), subject: tenantId, tenantId };
        return { meta: { ...meta, correlationId: id }, payload: { ...sample, tenantId } };
      });
      const onlyBilling = new Map([...services].filter(([name]) => name === 'billing'));
      const killer = new Killer(processes, onlyBilling, random, KILL_EVERY_MS);
      const messages = [...plan.deliveries.slice(0, 50), ...created, ...plan.deliveries.slice(50)];
      for (let at = 0; at < messages.length; at += PUBLISHED_AT_ONCE) {
        const failures = await transport.publish(messages.slice(at, at + PUBLISHED_AT_ONCE));
        expect(failures.filter(Boolean)).toEqual([]);
      }
      await eventually(async () => expect(await heard()).toBe(plan.messageIds + tenants.length), SETTLE_MS);
      await killer.stop();
      const kills = sum([...killer.kills.values()]);
      process.stdout.write(
        `usage storm: ${plan.facts} facts about ${plan.calls.length} calls, ${plan.deliveries.length} deliveries, ` +
          `${kills} kills, ${Math.round((Date.now() - started) / 1000)} s\n`,
      );

      expect(kills).toBeGreaterThan(0);
      await expectExact(plan.calls);
      expect(await database.query('SELECT id FROM billing.dead_letters')).toEqual([]);
    },
    SETTLE_MS + 60_000,
  );

  it(
    'is reconciled by a run that is killed three times: each difference found and put right once',
    async () => {
      const lost = lostCalls();
      await storeCalls([...plan.calls, ...lost]);
      const wrong = plan.calls.filter(({ minutes }) => minutes > 0).slice(0, WRONG);
      await database.query(
        'UPDATE billing.usage_records SET quantity = quantity + 3 WHERE source_id = ANY($1)',
        [wrong.map(({ id }) => id)],
      );
      await database.query('UPDATE billing.usage_periods SET used = used + 1000');
      const periods = await database.query('SELECT id FROM billing.usage_periods');

      const { runId } = await asPlatform((rpc) => rpc.call(startReconciliation, {}));
      const total = plan.calls.length + lost.length;
      const killedAt: string[] = [];
      for (const when of ['calls_checked >= $2 / 3', 'calls_checked >= $2 * 2 / 3', `phase = 'records'`]) {
        killedAt.push(await killOnce(runId, when, total));
      }
      const { run, items } = await done(runId);
      process.stdout.write(
        `usage storm: reconciled ${run.callsChecked} calls and ${run.recordsChecked} records with kills at ` +
          `${killedAt.join(', ')}: ${items.length} differences\n`,
      );

      const found = (kind: string) =>
        items.filter((item) => item.kind === kind).map(({ subject }) => subject);
      expect(found('usage_missing').sort()).toEqual(lost.map(({ id }) => `call:${id}`).sort());
      expect(found('usage_wrong').sort()).toEqual(wrong.map(({ id }) => `call:${id}`).sort());
      expect(found('aggregate_wrong')).toHaveLength(periods.length);
      expect(items).toHaveLength(LOST + WRONG + periods.length);
      expect(items.every(({ outcome }) => outcome === 'repaired')).toBe(true);
      expect(run.callsChecked).toBe(total);
      await expectExact([...plan.calls, ...lost]);
      const untold = await database.query(
        'SELECT id FROM billing.reconciliation_items WHERE told_at IS NULL',
      );
      expect(untold).toEqual([]);
    },
    SETTLE_MS + 120_000,
  );

  it(
    'is clean the second time',
    async () => {
      const { runId } = await asPlatform((rpc) => rpc.call(startReconciliation, {}));
      expect((await done(runId)).items).toEqual([]);
    },
    SETTLE_MS + 60_000,
  );

  async function heard(): Promise<number> {
    const [row] = await database.query<{ heard: number }>(
      'SELECT count(DISTINCT event_id)::int AS heard FROM billing.inbox',
    );
    return row?.heard ?? 0;
  }

  const lostCalls = (): StormCall[] =>
    Array.from({ length: LOST }, (_each, at) => {
      const minutes = (at % 5) + 1;
      const tenantId = tenants[at % tenants.length] ?? '';
      return { id: newId(), tenantId, minutes, durationSeconds: minutes * 60, version: 1 };
    });

  /** As telephony has them, over and told an hour ago. */
  async function storeCalls(calls: readonly StormCall[]): Promise<void> {
    await database.query(
      `INSERT INTO telephony.calls (id, tenant_id, provider, provider_call_id, direction, status, final, duration_seconds,
         billed_minutes, version, started_at, completed_at, started_announced_at, ended_announced_at, updated_at)
       SELECT id, "tenantId", 'vapi', id::text, 'inbound', 'completed', true, "durationSeconds", minutes, version,
         at, at, at, at, at
       FROM json_to_recordset($1) AS call (id uuid, "tenantId" uuid, "durationSeconds" int, minutes int, version int),
         (SELECT now() - interval '1 hour' AS at) a`,
      [JSON.stringify(calls)],
    );
  }

  /** @returns where the run stood when its process died */
  async function killOnce(runId: string, when: string, total: number): Promise<string> {
    await eventually(async () => {
      const reached = await database.query(
        `SELECT 1 FROM billing.reconciliation_runs WHERE id = $1 AND $2::int > 0
           AND (${when} OR phase NOT IN ('calls', 'records'))`,
        [runId, total],
      );
      expect(reached).toHaveLength(1);
    }, SETTLE_MS);
    await processes.kill('billing');
    const [run] = await database.query<{ status: string; phase: string; cursor: string; calls: string }>(
      `SELECT status, phase, calls_checked AS calls FROM billing.reconciliation_runs WHERE id = $1`,
      [runId],
    );
    expect(run?.status).toBe('running');
    await processes.start(services.get('billing') as ServiceProcess);
    return `${run?.phase} (${run?.calls} calls)`;
  }

  const done = (runId: string): Promise<ReconciliationRunDetail> =>
    eventually(async () => {
      const detail = await asPlatform((rpc) => rpc.call(getReconciliation, { id: runId, limit: 200 }));
      expect(detail.run.status).toBe('done');
      return detail;
    }, SETTLE_MS);
});
