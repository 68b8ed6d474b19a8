import { randomBytes } from 'node:crypto';
import { Controller, Inject, Module } from '@nestjs/common';
import {
  newId,
  type ResolvedSystemConfig,
  resolveSystemConfig,
  ResolveSystemConfigRequest,
  type SealedAnswer,
  systemConfigChangedV1,
  systemConfigSeal,
} from '@parley/contracts';
import { Handles, RabbitMqTransport } from '@parley/messaging';
import {
  baseShape,
  defineService,
  integer,
  LiveConfig,
  type RunningService,
  SecretExchange,
  startService,
} from '@parley/platform';
import { eventually, type TestBroker, testBroker } from '@parley/testing';

/** What identity keeps in this story. */
let values: ResolvedSystemConfig['values'] = {};

@Controller()
class IdentityController {
  constructor(@Inject(SecretExchange) private readonly exchange: SecretExchange) {}

  @Handles(resolveSystemConfig)
  async resolve(request: ResolveSystemConfigRequest): Promise<SealedAnswer> {
    return { sealed: this.exchange.seal({ values, unreadable: [] }, systemConfigSeal.answer(request)) };
  }
}

@Module({ controllers: [IdentityController] })
class IdentityModule {}

@Module({})
class BillingModule {}

const identity = defineService({ name: 'identity', config: baseShape, module: IdentityModule });
const billing = defineService({
  name: 'billing',
  config: { ...baseShape, FREE_CREDITS: integer(15) },
  module: BillingModule,
});

describe('live settings over RabbitMQ', () => {
  let broker: TestBroker;
  let env: Record<string, string>;
  const running: RunningService[] = [];
  beforeAll(async () => {
    broker = await testBroker();
    env = {
      NODE_ENV: 'test',
      RABBITMQ_URL: broker.url,
      CONFIG_EXCHANGE_KEY: randomBytes(32).toString('base64'),
    };
  });
  afterEach(async () => {
    for (const service of running.splice(0).reverse()) await service.close();
    values = {};
  });
  afterAll(() => broker?.remove());

  const start = async (spec: typeof identity | typeof billing): Promise<RunningService> => {
    const service = await startService(spec as typeof billing, { env, quiet: true });
    running.push(service);
    return service;
  };
  const free = (service: RunningService): number =>
    service.get<LiveConfig<{ FREE_CREDITS: number }>>(LiveConfig).get('FREE_CREDITS');
  const change = async (text: string): Promise<void> => {
    values = { FREE_CREDITS: { text, version: 1 } };
    const transport = await RabbitMqTransport.connect({ url: broker.url, name: 'test' });
    const { type } = systemConfigChangedV1;
    const meta = {
      id: newId(),
      source: 'identity' as const,
      type,
      time: new Date().toISOString(),
      subject: 'FREE_CREDITS',
      correlationId: newId(),
    };
    await transport.publish([{ meta, payload: { key: 'FREE_CREDITS', version: 1 } }]);
    await transport.close();
  };

  it('change in every replica', async () => {
    await start(identity);
    const replicas = [await start(billing), await start(billing)];
    await change('40');
    await eventually(() => expect(replicas.map(free)).toEqual([40, 40]), 5_000);
  });

  it('change in every replica that lost the broker when it was told, and again when it listens', async () => {
    await start(identity);
    const replicas = [await start(billing), await start(billing)];
    await change('40');
    await eventually(() => expect(replicas.map(free)).toEqual([40, 40]), 5_000);
    // Changed and never told: as for who was away.
    values = { FREE_CREDITS: { text: '41', version: 2 } };
    await broker.dropConnections();
    await eventually(() => expect(replicas.map(free)).toEqual([41, 41]), 20_000);
    await change('42');
    await eventually(() => expect(replicas.map(free)).toEqual([42, 42]), 5_000);
  }, 60_000);

  it('do not keep a service from starting before identity', async () => {
    values = { FREE_CREDITS: { text: '40', version: 1 } };
    const early = await start(billing);
    expect(free(early)).toBe(15);
    await start(identity);
    await eventually(() => expect(free(early)).toBe(40), 20_000);
  });
});
