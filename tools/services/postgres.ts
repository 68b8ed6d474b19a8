import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  runningPostgresUrl,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../../apps/standalone/src/servers/embedded-postgres';
import { inData } from './paths';
import type { PostgresState, Profile } from './state';

const ON_ITS_PORT = 'postgres://postgres:postgres@127.0.0.1:5432/postgres';

/** A superuser login: named in the environment, on the usual port, or of our own server. */
export async function providePostgres(profile: Profile): Promise<PostgresState> {
  const named = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  if (named) {
    if (await isSuperuser(named)) return { url: named };
    throw new Error(
      `PostgreSQL of the environment (${withoutPassword(named)}) does not answer, or not as superuser`,
    );
  }
  if (profile !== 'local' && (await isSuperuser(ON_ITS_PORT))) return { url: ON_ITS_PORT };
  const kept = profile === 'local' && (await runningPostgresUrl(inData('postgres')));
  // Somebody, perhaps a running `npm start`, uses the kept data: we may share the server, but not stop it.
  if (kept) return { url: kept };
  const dataDir = inData(profile === 'local' ? 'postgres' : `${profile}-postgres`);
  if (profile === 'test') await forgetIfCrashed(dataDir);
  const { url } = await startEmbeddedPostgres({ dataDir, fsync: profile !== 'test', maxConnections: 200 });
  return { url, dataDir };
}

export async function postgresAnswers({ url, dataDir }: PostgresState): Promise<boolean> {
  if (dataDir && (await runningPostgresUrl(dataDir)) !== url) return false;
  return isSuperuser(url);
}

export async function stopPostgres({ dataDir }: PostgresState): Promise<void> {
  if (dataDir) await stopEmbeddedPostgres(dataDir);
}

/** Without fsync a server that was killed comes back with half of what it had; test data is made anew instead. */
async function forgetIfCrashed(dataDir: string): Promise<void> {
  const crashed = existsSync(join(dataDir, 'postmaster.pid')) && !(await runningPostgresUrl(dataDir));
  if (crashed) rmSync(dataDir, { recursive: true, force: true });
}

async function isSuperuser(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ super: boolean }>(
      'SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user',
    );
    return rows[0]?.super === true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = shown.password && '***';
  return shown.toString();
}
