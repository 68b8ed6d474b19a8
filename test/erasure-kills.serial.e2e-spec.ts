import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPrivacyRequest,
  newId,
  PRIVACY_COMPLETED,
  PRIVACY_SERVICES,
  register,
  runAs,
  type ServiceName,
  verifyAudit,
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
import { identity } from '../apps/identity/src';
import { type ServiceProcess, ServiceProcesses } from '../apps/standalone/src/service-processes';
import { freePort } from '../apps/standalone/src/servers/ports';
import { telephonyIngest } from '../apps/telephony-ingest/src';

const ROOT = join(__dirname, '..');
const MESSAGES = 10_000;
const NEIGHBOURS = 20;
const WAIT_MS = 60_000;

/** identity and telephony-ingest as processes that are killed in the middle of an erasure. */
describe('an erasure whose processes die', () => {
  let database: TestDatabase;
  let broker: TestBroker;
  let transport: RabbitMqTransport;
  let folder: string;
  const processes = new ServiceProcesses(ROOT);
  const services = new Map<ServiceName, ServiceProcess>();

  beforeAll(async () => {
    if (!existsSync(join(ROOT, 'dist/apps/identity/src/main.js')))
      throw new Error('Build first: npm run build');
    folder = await mkdtemp(join(tmpdir(), 'parley-kills-'));
    database = await testDatabase([identity, telephonyIngest]);
    broker = await testBroker();
    for (const name of ['identity', 'telephony-ingest'] as const)
      services.set(name, { name, internalPort: await freePort(), env: await environmentOf(name) });
    await Promise.all([...services.values()].map((service) => processes.start(service)));
    transport = await RabbitMqTransport.connect({ url: broker.url, name: 'erasure-kills' });
  }, 120_000);
  afterAll(async () => {
    await transport?.close();
    await processes.stopAll();
    await broker?.remove();
    await database?.remove();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const environmentOf = async (name: ServiceName): Promise<Record<string, string | undefined>> => ({
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['TEST_LOGS'] ? 'info' : 'silent',
    DATABASE_URL: database.urlOf(name),
    RABBITMQ_URL: broker.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PORT: String(await freePort()),
    PUBLIC_URL: 'http://127.0.0.1:9',
    FILES_DIR: folder,
    BCRYPT_COST: '4',
    REQUIRE_VERIFIED_EMAIL: 'false',
    ERASURE_GRACE_HOURS: '0',
    ERASURE_SETTLE_SECONDS: '0',
  });

  async function restart(name: ServiceName): Promise<void> {
    await processes.kill(name);
    const service = services.get(name);
    if (service) await processes.start(service);
  }

  const seed = (tenantId: string, rows: number) =>
    database.query(
      `INSERT INTO telephony.messages (id, tenant_id, direction, from_number, to_number, body, provider,
         provider_message_id, status)
       SELECT gen_random_uuid(), $1::uuid, 'inbound', '+15145550170', '+14185550100', 'message ' || n, 'twilio',
         $1::uuid || ':' || n, 'received' FROM generate_series(1, $2::int) AS n`,
      [tenantId, rows],
    );
  const messagesOf = async (tenantId: string): Promise<number> => {
    const [row] = await database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM telephony.messages WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.n ?? -1;
  };
  const statusOf = async (id: string): Promise<string | undefined> => {
    const [row] = await database.query<{ status: string }>(
      'SELECT status FROM identity.privacy_requests WHERE id = $1',
      [id],
    );
    return row?.status;
  };
  const ask = <T>(work: (rpc: RpcClient) => Promise<T>, caller = aCaller()): Promise<T> =>
    runAs(caller, () => work(new RpcClient(transport)));

  /** Services that this test does not run have nothing to erase. */
  async function answerForOthers(requestId: string): Promise<void> {
    const others = PRIVACY_SERVICES.filter((name) => !services.has(name));
    const receipts = others.map((service) => ({
      meta: {
        id: newId(),
        type: PRIVACY_COMPLETED[service].type,
        source: service,
        subject: requestId,
        time: new Date().toISOString(),
        correlationId: newId(),
      },
      payload: { requestId, service, counts: {}, parts: [], finishedAt: new Date().toISOString() },
    }));
    expect((await transport.publish(receipts)).filter(Boolean)).toEqual([]);
  }

  it('is done all the same: every row once, nothing left, nothing of a neighbour', async () => {
    const { user, tenant } = await ask((rpc) =>
      rpc.call(register, { email: `${newId()}@example.com`, password: newId(), name: 'Sterblich' }),
    );
    const neighbour = newId();
    await seed(tenant.id, MESSAGES);
    await seed(neighbour, NEIGHBOURS);
    // Slow enough to be met in the middle.
    await database.query(`CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END $$`);
    await database.query(`CREATE TRIGGER dawdle BEFORE DELETE ON telephony.messages
      FOR EACH STATEMENT EXECUTE FUNCTION public.dawdle()`);
    await database.query(`CREATE TRIGGER dawdle BEFORE UPDATE ON identity.audit_logs
      FOR EACH STATEMENT EXECUTE FUNCTION public.dawdle()`);

    const caller = aCaller({ userId: user.id, tenantId: tenant.id });
    const { id } = await ask((rpc) => rpc.call(createPrivacyRequest, { kind: 'erasure' }), caller);
    await eventually(async () => expect(await statusOf(id)).toBe('running'), WAIT_MS);
    await restart('identity');
    await answerForOthers(id);

    const killedAt: number[] = [];
    for (const share of [0.8, 0.4]) {
      await eventually(async () => {
        const left = await messagesOf(tenant.id);
        expect(left).toBeLessThan(MESSAGES * share);
        killedAt.push(left);
      }, WAIT_MS);
      await Promise.all([restart('telephony-ingest'), restart('identity')]);
    }
    expect(killedAt.at(-1)).toBeGreaterThan(0);
    await eventually(async () => expect(await statusOf(id)).toBe('completed'), WAIT_MS);

    expect([await messagesOf(tenant.id), await messagesOf(neighbour)]).toEqual([0, NEIGHBOURS]);
    const [request] = await database.query<{ receipts: Record<string, { counts: object }> }>(
      'SELECT receipts FROM identity.privacy_requests WHERE id = $1',
      [id],
    );
    expect(Object.keys(request?.receipts ?? {}).sort()).toEqual([...PRIVACY_SERVICES].sort());
    expect(request?.receipts['telephony-ingest']?.counts).toMatchObject({ messages: MESSAGES });
    expect(request?.receipts['identity']?.counts).toMatchObject({ users: 1, tenants: 1 });
    const people = await database.query('SELECT name, status FROM identity.users WHERE id = $1', [user.id]);
    expect(people).toEqual([{ name: 'Erased person', status: 'deleted' }]);
    const verified = await ask(
      (rpc) => rpc.call(verifyAudit, { tenantId: tenant.id }),
      aCaller({ roles: ['super_admin'] }),
    );
    expect(verified).toMatchObject({ intact: true });
  }, 240_000);
});
