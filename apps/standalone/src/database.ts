import { join } from 'node:path';
import { migrateUp, serviceUrl } from '@parley/persistence';
import { STATEFUL_SERVICES } from './services';
import { startEmbeddedPostgres } from './servers/embedded-postgres';
import type { Settings } from './settings';

export interface PlatformDatabase {
  ownerUrl: string;
  embedded: boolean;
  stop(): Promise<void>;
}

/** The database named in the environment, else our own in the data folder. */
export async function openPlatformDatabase(settings: Settings): Promise<PlatformDatabase> {
  if (settings.DATABASE_URL) {
    return { ownerUrl: settings.DATABASE_URL, embedded: false, stop: () => Promise.resolve() };
  }
  const server = await startEmbeddedPostgres({
    dataDir: join(settings.DATA_DIR, 'postgres'),
    fsync: true,
    maxConnections: 200,
  });
  return { ownerUrl: server.url, embedded: true, stop: () => server.stop() };
}

/** Brings every schema up to date. */
export async function migrateAll(ownerUrl: string): Promise<void> {
  for (const { name, migrations, jobs = false } of STATEFUL_SERVICES) {
    await migrateUp({ service: name, ownerUrl, roleUrl: serviceUrl(ownerUrl, name), migrations, jobs });
  }
}
