import type { Server } from 'node:http';
import { type INestMicroservice, Logger, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ActRecorder,
  DeadLetters,
  InboxPruner,
  Jobs,
  Outbox,
  OutboxRelay,
  ParleyServer,
  RabbitMqTransport,
  RpcClient,
  type Transport,
} from '@parley/messaging';
import { FileStore, openFileStore } from '@parley/files';
import { Database, openDatabase } from '@parley/persistence';
import { type BaseConfig, type ConfigOf, type Env, maskConfig, readConfig, type Shape } from './config';
import { MessageErrorFilter } from './error-filters';
import { collectDefaults, Health, serveInternals } from './health';
import { createHttpApp } from './http-app';
import { deadLetterController, healthController } from './kit-controllers';
import { LiveConfig } from './live-config';
import { SecretExchange } from './secret-exchange';
import { CONFIG, ServiceKit, type ServiceSpec, TRANSPORT } from './service';
import { startTelemetry } from './telemetry';

export interface StartOptions {
  env: Env;
  /** Shared by all services of a process; without it the service connects to RABBITMQ_URL. */
  transport?: Transport;
  /** Whether to announce settings in the log; standalone does it once itself. */
  quiet?: boolean;
}

export interface RunningService {
  readonly name: string;
  /** Where the public door is, for services that have one. */
  readonly url: string | undefined;
  readonly app: NestFastifyApplication | INestMicroservice;
  get<T>(token: Type<T> | symbol): T;
  /** Stops taking, finishes what runs, closes. */
  close(): Promise<void>;
}

/** Starts one service. Whatever was opened is closed again when starting fails half-way. */
export async function startService<S extends Shape>(
  spec: ServiceSpec<S>,
  { env, transport: shared, quiet = false }: StartOptions,
): Promise<RunningService> {
  const config = readConfig(spec.name, spec.config, env);
  const base = config as unknown as BaseConfig;
  const logger = new Logger(spec.name);
  if (!quiet) logger.log({ config: maskConfig(spec.config, config) }, 'starting');
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse().splice(0)) {
      await closer().catch((error: unknown) => logger.error({ err: error }, 'closing'));
    }
  };
  try {
    closers.push(await startTelemetry(spec.name, base.OTEL_EXPORTER_OTLP_ENDPOINT));
    return await assemble(spec, config, base, shared, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble<S extends Shape>(
  spec: ServiceSpec<S>,
  config: ConfigOf<S>,
  base: BaseConfig,
  shared: Transport | undefined,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<RunningService> {
  collectDefaults();
  const { name } = spec;
  const transport = shared ?? (await connectTransport(name, base));
  if (!shared) closers.push(() => transport.close());
  const database = await connectDatabase(spec, base);
  if (database) closers.push(() => database.dataSource.destroy());

  const files = openFileStore(base);
  closers.push(() => files.close());

  const health = new Health(name, base.APP_VERSION);
  health.require('broker', () => (transport.isReady ? 'up' : 'down'));
  if (database)
    health.require('database', () => database.dataSource.query('SELECT 1').then(() => 'up' as const));
  const rpc = new RpcClient(transport);
  const exchange = new SecretExchange(base.CONFIG_EXCHANGE_KEY);
  const live = new LiveConfig({ service: name, shape: spec.config, config, transport, rpc, exchange });
  const providers: Provider[] = [
    { provide: CONFIG, useValue: config },
    { provide: TRANSPORT, useValue: transport },
    { provide: FileStore, useValue: files },
    { provide: Health, useValue: health },
    { provide: RpcClient, useValue: rpc },
    { provide: SecretExchange, useValue: exchange },
    { provide: LiveConfig, useValue: live },
  ];
  const controllers: Type[] = [healthController(name)];
  const outbox = database && new Outbox(name, database);
  const acts = outbox && new ActRecorder(name, outbox);
  const deadLetters = database && acts && new DeadLetters(name, database, acts);
  const server = new ParleyServer({ service: name, transport, database, deadLetters });
  providers.push({ provide: ParleyServer, useValue: server });
  const jobs =
    database && spec.jobs && base.DATABASE_URL
      ? new Jobs({ service: name, url: base.DATABASE_URL, database, concurrency: base.JOBS_CONCURRENCY })
      : undefined;
  if (database) {
    providers.push(
      { provide: Database, useValue: database },
      { provide: Outbox, useValue: outbox },
      { provide: ActRecorder, useValue: acts },
      { provide: DeadLetters, useValue: deadLetters },
    );
    controllers.push(deadLetterController(name));
  }
  if (jobs) providers.push({ provide: Jobs, useValue: jobs });

  const module = ServiceKit.around(spec.module, providers, controllers);
  const app = spec.http
    ? await createHttpApp(module, { service: name, ...spec.http.options(config) })
    : await NestFactory.createMicroservice(module, { strategy: server });
  closers.push(() => app.close());
  if (jobs) closers.push(() => jobs.stop());
  let url: string | undefined;
  if (spec.http) {
    const http = app as NestFastifyApplication;
    http.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
    await spec.http.configure?.(http, config);
    await http.startAllMicroservices();
    // Modules say which jobs they run when they are initialised.
    await http.init();
    await jobs?.start();
    await http.listen(spec.http.port(config), '0.0.0.0');
    url = (await http.getUrl()).replace('0.0.0.0', '127.0.0.1');
  } else {
    const messages = app as INestMicroservice;
    messages.useGlobalFilters(new MessageErrorFilter());
    await messages.listen();
    await jobs?.start();
  }
  checkSubscriptions(spec, server.dispatcher.subscriptions);
  await live.start();
  closers.push(async () => live.stop());
  if (database && outbox) {
    const relay = new OutboxRelay({ service: name, database, outbox, transport });
    relay.start();
    closers.push(() => relay.stop());
    const pruner = new InboxPruner(name, database);
    pruner.start();
    closers.push(async () => pruner.stop());
  }
  if (base.INTERNAL_PORT !== undefined) {
    const internals = await serveInternals(health, base.INTERNAL_PORT, base.INTERNAL_HOST);
    closers.push(() => closeServer(internals));
  }
  return { name, url, app, get: (token) => app.get(token as never, { strict: false }), close };
}

/** What a deploy binds must be what the code handles, or events are lost or pile up. */
function checkSubscriptions<S extends Shape>(
  { name, consumes = [] }: ServiceSpec<S>,
  handled: readonly string[],
): void {
  const declared = new Set(consumes.map(({ type }) => type));
  const faults = [
    ...handled.filter((type) => !declared.has(type)).map((type) => `${type} is handled but not listed`),
    ...[...declared]
      .filter((type) => !handled.includes(type))
      .map((type) => `${type} is listed but not handled`),
  ];
  if (faults.length > 0) throw new Error(`\`consumes\` of ${name} is wrong: ${faults.join('; ')}`);
}

async function connectTransport(name: string, base: BaseConfig): Promise<Transport> {
  if (!base.RABBITMQ_URL) throw new Error(`${name} cannot start: RABBITMQ_URL is not set`);
  return RabbitMqTransport.connect({ url: base.RABBITMQ_URL, name: `parley-${name}` });
}

async function connectDatabase<S extends Shape>(
  spec: ServiceSpec<S>,
  base: BaseConfig,
): Promise<Database | undefined> {
  if (!spec.migrations) return undefined;
  if (!base.DATABASE_URL) throw new Error(`${spec.name} cannot start: DATABASE_URL is not set`);
  return openDatabase({
    service: spec.name,
    url: base.DATABASE_URL,
    poolSize: base.DATABASE_POOL_SIZE,
    ...(spec.entities ? { entities: spec.entities } : {}),
  });
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
