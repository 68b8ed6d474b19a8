import { Logger } from '@nestjs/common';
import { declareTopology } from '@parley/messaging';
import { migrateDown, migrateUp } from '@parley/persistence';
import { baseShape, readConfig, type Shape } from './config';
import { useLogger } from './logging';
import { requireNode } from './node-version';
import type { ServiceSpec } from './service';
import { startService } from './start-service';
import { releaseStartUpGarbage } from './start-up-garbage';

/** The `main` of a service process: `node main.js`, or `node main.js migrate [down]`: tables and queues. */
export function runService<S extends Shape>(spec: ServiceSpec<S>): void {
  requireNode();
  const env = process.env;
  useLogger(env['LOG_LEVEL'] ?? 'info', { service: spec.name });
  const [verb, direction] = process.argv.slice(2);
  const work = verb === 'migrate' ? migrate(spec, direction) : serve(spec);
  work.catch((error: unknown) => {
    new Logger(spec.name).fatal({ err: error }, error instanceof Error ? error.message : 'cannot start');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 100).unref();
  });
}

async function serve<S extends Shape>(spec: ServiceSpec<S>): Promise<void> {
  const logger = new Logger(spec.name);
  const running = await startService(spec, { env: process.env });
  logger.log({ url: running.url }, 'ready');
  releaseStartUpGarbage();
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: finishing`);
    running.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
}

async function migrate<S extends Shape>(spec: ServiceSpec<S>, direction?: string): Promise<void> {
  const config = readConfig(spec.name, baseShape, process.env);
  if (!config.DATABASE_OWNER_URL || !config.DATABASE_URL) {
    throw new Error('Migrations need DATABASE_OWNER_URL (who changes) and DATABASE_URL (whom to grant)');
  }
  const options = {
    service: spec.name,
    ownerUrl: config.DATABASE_OWNER_URL,
    roleUrl: config.DATABASE_URL,
    migrations: spec.migrations ?? [],
    jobs: spec.jobs ?? false,
  };
  if (direction === 'down') return migrateDown(options);
  await migrateUp(options);
  if (config.RABBITMQ_URL) {
    await declareTopology(config.RABBITMQ_URL, spec.name, spec.consumes ?? []);
  }
}
