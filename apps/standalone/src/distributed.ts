import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { SERVICES } from '@parley/contracts';
import { RabbitMqTransport } from '@parley/messaging';
import { requireNode, useLogger } from '@parley/platform';
import { migrateAll } from './database';
import { environmentOf } from './environment';
import { printReady } from './ready-message';
import { startLocalSandbox } from './sandbox';
import { DEMO_EMAIL, seedDemoTenant } from './seed';
import { ServiceProcesses } from './service-processes';
import { INTERNAL_PORTS } from './services';
import { announce, localSecrets, readSettings } from './settings';

/** The seven services as seven processes over RabbitMQ and PostgreSQL on this machine. */
async function main(): Promise<void> {
  requireNode();
  const startedAt = performance.now();
  const settings = readSettings();
  useLogger(settings.LOG_LEVEL);
  const { DATABASE_URL: ownerUrl, RABBITMQ_URL: brokerUrl } = settings;
  if (!ownerUrl || !brokerUrl) {
    throw new Error('DATABASE_URL and RABBITMQ_URL are needed; `npm run start:distributed` provides both');
  }
  const secrets = localSecrets(settings);
  await migrateAll(ownerUrl);
  const webhookUrl = `http://localhost:${settings.TELEPHONY_PORT}`;
  const sandbox = await startLocalSandbox(settings, secrets, webhookUrl);
  const input = { settings, secrets, ownerUrl, sandboxUrl: sandbox.url, publicUrl: webhookUrl };

  const processes = new ServiceProcesses(resolve(__dirname, '../../../..'));
  const logger = new Logger('Distributed');
  const stop = async (code: number): Promise<void> => {
    await processes.stopAll();
    await sandbox.close();
    process.exit(code);
  };
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void stop(0);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  processes.onUnexpectedDeath((name, how) => {
    logger.error(`${name} ended unexpectedly (${how}); stopping the others`);
    void stop(1);
  });

  const inner = SERVICES.filter((name) => name !== 'gateway');
  const start = (name: (typeof SERVICES)[number]): Promise<void> =>
    processes.start({ name, env: environmentOf(name, input), internalPort: INTERNAL_PORTS[name] });
  await Promise.all(inner.map(start));
  await start('gateway');

  const transport = await RabbitMqTransport.connect({ url: brokerUrl, name: 'parley-seed' });
  await seedDemoTenant(transport, secrets, sandbox.url);
  await transport.close();
  const running = {
    url: `http://localhost:${settings.PORT}`,
    webhookUrl,
    sandboxUrl: sandbox.url,
    demoEmail: DEMO_EMAIL,
  };
  announce(settings.DATA_DIR, running);
  printReady(running, secrets.demoPassword, performance.now() - startedAt);
}

main().catch((error: unknown) => {
  process.stderr.write(`\nParley cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
