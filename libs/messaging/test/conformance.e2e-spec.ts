import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import {
  AppError,
  type CallerContext,
  currentCaller,
  defineEvent,
  defineOperation,
  type EventMeta,
  Int,
  newId,
  runAs,
  type ServiceName,
  Text,
} from '@parley/contracts';
import { Database, schemaOf } from '@parley/persistence';
import { baseShape, defineService, type RunningService, startService, TRANSPORT } from '@parley/platform';
import {
  aCaller,
  eventually,
  type TestBroker,
  testBroker,
  type TestDatabase,
  testDatabase,
} from '@parley/testing';
import {
  DeadLetterNow,
  DeadLetters,
  type EventInBatch,
  Handles,
  InProcessTransport,
  OnEvent,
  OnEvents,
  Outbox,
  RabbitMqTransport,
  RpcClient,
  type Transport,
} from '../src';

class Greeting {
  @Text() name: string;
}
class Greeted {
  @Text() text: string;
}
const SERVICE: ServiceName = 'billing';
const greet = defineOperation({ name: 'test.greet', service: SERVICE, request: Greeting, response: Greeted });
const slow = defineOperation({
  name: 'test.slow',
  service: SERVICE,
  request: Greeting,
  response: Greeted,
  timeoutMs: 150,
});
const unknown = defineOperation({
  name: 'test.unknown',
  service: SERVICE,
  request: Greeting,
  response: Greeted,
});
const absent = defineOperation({
  name: 'test.absent',
  service: 'analytics',
  request: Greeting,
  response: Greeted,
});

class Counted {
  @Int() n: number;
  @Text() mode: string;
}
const counted = defineEvent({
  type: 'test.thing.counted.v1',
  producer: SERVICE,
  description: 'for this suite',
  payload: Counted,
  sample: { n: 1, mode: 'ok' },
});

const gathered = defineEvent({
  type: 'test.thing.gathered.v1',
  producer: SERVICE,
  description: 'for this suite',
  payload: Counted,
  sample: { n: 1, mode: 'ok' },
});

/** What the handlers did, seen from outside. */
@Injectable()
class Journal {
  readonly seen: { n: number; mode: string; tenantId: string | undefined }[] = [];
  readonly callers: [CallerContext, EventMeta][] = [];
  readonly batches: number[] = [];
  readonly stored: { n: number; mode: string; tenantId: string | undefined }[] = [];
  failuresLeft = 0;
  release: (() => void) | undefined;
}

@Controller()
class Handlers {
  constructor(
    @Inject(Journal) private readonly journal: Journal,
    private readonly database: Database,
  ) {}

  @Handles(greet)
  async greet({ name }: Greeting): Promise<Greeted> {
    if (name === 'refused') throw new AppError('conflict', 'TAKEN', 'That name is taken');
    if (name === 'broken') throw new Error('secret detail');
    return { text: `Bonjour ${name}` };
  }

  @Handles(slow)
  async slow({ name }: Greeting): Promise<Greeted> {
    await new Promise<void>((resolve) => (this.journal.release = resolve));
    return { text: name };
  }

  /** Stores nothing unless all goes well, as rows would. */
  @OnEvents(gathered)
  async onGathered(events: readonly EventInBatch<Counted>[]): Promise<void> {
    for (const { payload, meta, run } of events) {
      if (payload.mode === 'poison') throw new DeadLetterNow('cannot be understood');
      if (payload.mode === 'flaky' && this.journal.failuresLeft-- > 0) throw new Error('try again');
      await run(async () => {
        const { tenantId, requestId } = currentCaller();
        if (requestId !== meta.correlationId) throw new Error('not in the name of this event');
        this.database.afterCommit(() => this.journal.stored.push({ ...payload, tenantId }));
      });
    }
    this.database.afterCommit(() => this.journal.batches.push(events.length));
  }

  @OnEvent(counted)
  async onCounted({ n, mode }: Counted, meta: EventMeta): Promise<void> {
    if (mode === 'poison') throw new DeadLetterNow('cannot be understood');
    if (mode === 'flaky' && this.journal.failuresLeft-- > 0) throw new Error('try again');
    if (mode === 'held') await new Promise<void>((resolve) => (this.journal.release = resolve));
    this.journal.seen.push({ n, mode, tenantId: meta.tenantId });
    this.journal.callers.push([currentCaller(), meta]);
  }
}

@Module({ controllers: [Handlers], providers: [Journal] })
class SuiteModule {}

const suite = defineService({
  name: SERVICE,
  config: baseShape,
  module: SuiteModule,
  migrations: [],
  consumes: [counted, gathered],
});

describe.each(['in-process', 'rabbitmq'] as const)('messages over %s', (kind) => {
  let database: TestDatabase;
  let broker: TestBroker | undefined;
  let transport: Transport;
  let service: RunningService;
  let journal: Journal;
  const caller = aCaller({ roles: ['owner', 'super_admin'] });

  const start = async (): Promise<void> => {
    service = await startService(suite, {
      env: { DATABASE_URL: database.urlOf(SERVICE), NODE_ENV: 'test' },
      transport,
      quiet: true,
    });
    const before = journal as Journal | undefined;
    journal = service.get(Journal);
    if (before) journal.seen.push(...before.seen);
  };
  const rpc = (): RpcClient => new RpcClient(transport);
  const publish = (n: number, mode = 'ok', subject = newId()): Promise<EventMeta> =>
    runAs(caller, () =>
      service.get(Database).tenant(() => service.get(Outbox).add(counted, { n, mode }, { subject })),
    );
  const deadLetters = () => runAs(caller, () => service.get(DeadLetters).list({}));

  beforeAll(async () => {
    database = await testDatabase([suite]);
    broker = kind === 'rabbitmq' ? await testBroker() : undefined;
    transport = broker
      ? await RabbitMqTransport.connect({ url: broker.url, name: 'suite' })
      : new InProcessTransport();
    await start();
  });
  afterAll(async () => {
    await service?.close();
    await transport?.close();
    await broker?.remove();
    await database?.remove();
  });

  it('answers a request with the context of its caller', async () => {
    await expect(runAs(caller, () => rpc().call(greet, { name: 'Élise' }))).resolves.toEqual({
      text: 'Bonjour Élise',
    });
  });

  it('tells with an event who caused it, and who acted as them, and goes on as the latter', async () => {
    const impersonation = { impersonatorId: newId(), impersonationId: newId() };
    const acting = { ...caller, ...impersonation, impersonationMode: 'write' as const };
    const { id } = await runAs(acting, () =>
      service
        .get(Database)
        .tenant(() => service.get(Outbox).add(counted, { n: 77, mode: 'ok' }, { subject: newId() })),
    );
    await eventually(() => {
      const [heard, meta] = journal.callers.find(([, each]) => each.id === id) ?? [];
      expect(meta).toMatchObject({ ...impersonation, actorId: caller.userId });
      expect(heard).toMatchObject({ ...impersonation, tenantId: caller.tenantId, roles: [] });
    });
  });

  it('carries a refusal as it is and an accident without its text', async () => {
    await expect(runAs(caller, () => rpc().call(greet, { name: 'refused' }))).rejects.toMatchObject({
      kind: 'conflict',
      code: 'TAKEN',
      message: 'That name is taken',
    });
    await expect(runAs(caller, () => rpc().call(greet, { name: 'broken' }))).rejects.toMatchObject({
      kind: 'internal',
      message: 'Internal error',
    });
  });

  it('refuses a faulty request before it is sent, naming the field', async () => {
    const faulty = { name: 5 } as unknown as Greeting;
    await expect(runAs(caller, () => rpc().call(greet, faulty))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [expect.objectContaining({ field: 'name' })],
    });
  });

  it('rpc-times-out', async () => {
    await expect(runAs(caller, () => rpc().call(slow, { name: 'x' }))).rejects.toMatchObject({
      kind: 'timeout',
    });
    await eventually(() => expect(journal.release).toBeDefined());
    journal.release?.();
  });

  it('rpc-unknown-operation', async () => {
    await expect(runAs(caller, () => rpc().call(unknown, { name: 'x' }))).rejects.toMatchObject({
      code: 'UNKNOWN_OPERATION',
    });
    await expect(runAs(caller, () => rpc().call(absent, { name: 'x' }))).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  it('delivers events of one subject in order, with their tenant', async () => {
    const subject = newId();
    for (let n = 0; n < 30; n++) await publish(n, 'ordered', subject);
    const ordered = await eventually(() => {
      const seen = journal.seen.filter(({ mode }) => mode === 'ordered');
      expect(seen).toHaveLength(30);
      return seen;
    });
    expect(ordered.map(({ n }) => n)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(ordered[0]?.tenantId).toBe(caller.tenantId);
  });

  it('nack-and-retry', async () => {
    journal.failuresLeft = 2;
    await publish(1, 'flaky');
    await eventually(() => expect(journal.seen.filter(({ mode }) => mode === 'flaky')).toHaveLength(1));
    expect(journal.failuresLeft).toBeLessThan(0);
  });

  it('poison-to-dead-letter, and back by replay', async () => {
    const { id } = await publish(7, 'poison');
    const letter = await eventually(async () => {
      const { data } = await deadLetters();
      const found = data.find(({ eventId }) => eventId === id);
      expect(found?.reason).toContain('cannot be understood');
      return found;
    });
    const replayed = await runAs(caller, () =>
      rpc().call(
        {
          name: 'billing.deadletter.replay',
          service: SERVICE,
          request: Object,
          response: Object,
          timeoutMs: 5000,
        },
        { id: letter?.id, payload: { n: 7, mode: 'mended' } },
      ),
    );
    expect(replayed).toMatchObject({ status: 'replayed' });
    expect(journal.seen.filter(({ mode }) => mode === 'mended')).toHaveLength(1);
  });

  it('duplicate-is-dropped', async () => {
    const meta = await publish(9, 'twice');
    await eventually(() => expect(journal.seen.filter(({ mode }) => mode === 'twice')).toHaveLength(1));
    await transport.publish([{ meta, payload: { n: 9, mode: 'twice' } }]);
    await publish(10, 'after', meta.subject);
    await eventually(() => expect(journal.seen.filter(({ mode }) => mode === 'after')).toHaveLength(1));
    expect(journal.seen.filter(({ mode }) => mode === 'twice')).toHaveLength(1);
  });

  describe('events handled together', () => {
    const others = [aCaller(), aCaller(), caller];
    let n = 1_000;
    const event = (mode: string) => {
      const by = others[n % others.length] ?? caller;
      const meta: EventMeta = {
        id: newId(),
        source: SERVICE,
        type: gathered.type,
        time: new Date().toISOString(),
        subject: newId(),
        correlationId: newId(),
        tenantId: by.tenantId ?? '',
      };
      return { meta, payload: { n: n++, mode } };
    };
    const storedOf = (mode: string) => journal.stored.filter((each) => each.mode === mode);

    it('come in batches of several tenants, each once and in its own name', async () => {
      await eventually(async () => {
        const burst = Array.from({ length: 20 }, () => event('burst'));
        await transport.publish(burst);
        expect(Math.max(0, ...journal.batches)).toBeGreaterThan(1);
      }, 20_000);
      const sent = n - 1_000;
      await eventually(() => expect(storedOf('burst')).toHaveLength(sent));
      expect(new Set(storedOf('burst').map((each) => each.n)).size).toBe(sent);
      for (const { n: nth, tenantId } of storedOf('burst'))
        expect(tenantId).toBe(others[nth % others.length]?.tenantId);
    });

    it('do not suffer for one that cannot be handled, nor for one that must be tried again', async () => {
      journal.failuresLeft = 3;
      const modes = ['fine', 'fine', 'poison', 'fine', 'flaky', 'fine', 'fine', 'fine'];
      const sent = modes.map(event);
      await transport.publish(sent);
      // In-process nobody holds an event for us: who published it does it again.
      if (kind === 'in-process') for (let again = 0; again < 3; again++) await transport.publish(sent);
      await eventually(() => {
        expect(storedOf('fine')).toHaveLength(6);
        expect(storedOf('flaky')).toHaveLength(1);
      }, 20_000);
      const poisoned = sent[2]?.meta.id;
      await eventually(async () => {
        const { data } = await deadLetters();
        expect(data.filter(({ eventId }) => eventId === poisoned)).toHaveLength(1);
      });
      expect(storedOf('poison')).toHaveLength(0);
    });

    it('leave out those of an erased tenant, as alone', async () => {
      const erased = newId();
      const { schema } = schemaOf(SERVICE);
      await database.query(`INSERT INTO ${schema}.erased_tenants (tenant_id) VALUES ($1)`, [erased]);
      const late = (mode: string) => {
        const { meta, payload } = event(mode);
        return { meta: { ...meta, tenantId: erased }, payload };
      };
      const sent = Array.from({ length: 8 }, (_, nth) =>
        nth % 4 === 1 ? late('late') : event('beside late'),
      );
      await transport.publish(sent);
      await transport.publish([late('late')]);
      await eventually(() => expect(storedOf('beside late')).toHaveLength(6));
      await transport.publish([event('after late')]);
      await eventually(() => expect(storedOf('after late')).toHaveLength(1));
      expect(storedOf('late')).toEqual([]);
      const taken = await database.query(`SELECT 1 FROM ${schema}.inbox WHERE event_id = ANY($1::uuid[])`, [
        sent.map(({ meta }) => meta.id),
      ]);
      expect(taken).toHaveLength(6);
    });

    it('are handled once though some of a batch come twice', async () => {
      const first = Array.from({ length: 5 }, () => event('twice-gathered'));
      const more = Array.from({ length: 5 }, () => event('twice-gathered'));
      await transport.publish(first);
      await transport.publish([...first, ...more, ...first]);
      await transport.publish([event('last')]);
      await eventually(() => {
        expect(storedOf('twice-gathered')).toHaveLength(10);
        expect(storedOf('last')).toHaveLength(1);
      });
      expect(new Set(storedOf('twice-gathered').map((each) => each.n)).size).toBe(10);
    });
  });

  it('graceful-shutdown-finishes-work', async () => {
    journal.release = undefined;
    await publish(11, 'held');
    await eventually(() => expect(journal.release).toBeDefined());
    const closing = service.close();
    setImmediate(() => journal.release?.());
    await closing;
    expect(journal.seen.filter(({ mode }) => mode === 'held')).toHaveLength(1);
    await start();
  });

  it('redelivered-after-crash', async () => {
    await service.close();
    // What a crash between commit and publish leaves behind: the row alone.
    const meta: EventMeta = {
      id: newId(),
      source: SERVICE,
      type: counted.type,
      time: new Date().toISOString(),
      subject: newId(),
      correlationId: newId(),
      tenantId: caller.tenantId ?? '',
    };
    await database.query(
      `INSERT INTO billing.outbox (event_id, type, subject, tenant_id, payload, headers)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [meta.id, meta.type, meta.subject, meta.tenantId, { n: 12, mode: 'left-behind' }, meta],
    );
    await start();
    await eventually(() => expect(journal.seen.filter(({ mode }) => mode === 'left-behind')).toHaveLength(1));
  });

  it('broker-restart-loses-nothing', async () => {
    const cut = broker?.dropConnections();
    for (let n = 0; n < 20; n++) await publish(n, 'through-the-cut');
    await cut;
    await eventually(() => {
      const seen = journal.seen.filter(({ mode }) => mode === 'through-the-cut').map(({ n }) => n);
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    }, 20_000);
    await expect(
      eventually(() => runAs(caller, () => rpc().call(greet, { name: 'again' }))),
    ).resolves.toEqual({ text: 'Bonjour again' });
  });

  it('hands live messages to whoever listens now', async () => {
    const heard: unknown[] = [];
    const live = service.get<Transport>(TRANSPORT);
    const stop = live.onLive('conversation.1', (_topic, message) => heard.push(message));
    await eventually(() => {
      live.sendLive('conversation.1', { chunk: 'allô' });
      live.sendLive('conversation.2', { chunk: 'not mine' });
      expect(heard.length).toBeGreaterThan(0);
    });
    stop();
    expect(heard).not.toContainEqual({ chunk: 'not mine' });
  });
});
