import { InProcessTransport, RabbitMqTransport, type Transport } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { defineGateway } from '../../gateway/src';
import { migrateAll, openPlatformDatabase } from './database';
import { environmentOf } from './environment';
import { mountProviders } from './one-origin';
import { startLocalSandbox } from './sandbox';
import { DEMO_EMAIL, seedDemoTenant } from './seed';
import { INNER_SERVICES } from './services';
import { announce, localSecrets, type RunningPlatform, type Settings } from './settings';

export interface Platform {
  running: RunningPlatform;
  demoPassword: string;
  services: ReadonlyMap<string, RunningService>;
  transport: Transport;
  close(): Promise<void>;
}

/** All seven services, the sandbox and, if need be, the database in one process (DESIGN 10). */
export async function startPlatform(settings: Settings): Promise<Platform> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    return await assemble(settings, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(
  settings: Settings,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Platform> {
  const secrets = localSecrets(settings);
  const database = await openPlatformDatabase(settings);
  closers.push(() => database.stop());
  await migrateAll(database.ownerUrl);
  const url = `http://localhost:${settings.PORT}`;
  const sandbox = await startLocalSandbox(settings, secrets, url);
  closers.push(() => sandbox.close());
  const transport = settings.RABBITMQ_URL
    ? await RabbitMqTransport.connect({ url: settings.RABBITMQ_URL, name: 'parley-standalone' })
    : new InProcessTransport();
  closers.push(() => transport.close());

  const input = { settings, secrets, ownerUrl: database.ownerUrl, sandboxUrl: sandbox.url, publicUrl: url };
  const services = new Map<string, RunningService>();
  const start = async (spec: Parameters<typeof startService>[0]): Promise<RunningService> => {
    const service = await startService(spec, {
      env: environmentOf(spec.name, input),
      transport,
      quiet: true,
    });
    closers.push(() => service.close());
    services.set(spec.name, service);
    return service;
  };
  const inner = await Promise.all(INNER_SERVICES.map(start));
  const telephony = inner.find(({ name }) => name === 'telephony-ingest');
  if (!telephony) throw new Error('telephony-ingest is not among the services');
  await start(defineGateway(mountProviders(telephony)) as unknown as Parameters<typeof startService>[0]);

  await seedDemoTenant(transport, secrets, sandbox.url);
  const running: RunningPlatform = { url, webhookUrl: url, sandboxUrl: sandbox.url, demoEmail: DEMO_EMAIL };
  announce(settings.DATA_DIR, running);
  return { running, demoPassword: secrets.demoPassword, services, transport, close };
}
