import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { ServiceName } from '@parley/contracts';
import { serviceUrl } from '@parley/persistence';
import { environmentOf } from '../../apps/standalone/src/environment';
import type { LocalSecrets, Settings } from '../../apps/standalone/src/settings';
import type { Bench } from './bench';
import { answers, type Child, type ChildEnv } from './child';

export const ROOT = resolve(__dirname, '../../..');
const START_TIMEOUT_MS = 60_000;

export interface RunningService {
  readonly name: ServiceName;
  readonly child: Child;
  /** Public door, of the services that have one. */
  readonly url: string;
  readonly readyAfterMs: number;
}

/** One service as a process of its own over the benchmark's database and broker. */
export async function startServiceProcess(
  bench: Bench,
  name: ServiceName,
  own: ChildEnv = {},
): Promise<RunningService> {
  const [port, internalPort] = [await bench.port(), await bench.port()];
  const url = `http://127.0.0.1:${port}`;
  const settings: Settings = {
    PORT: port,
    TELEPHONY_PORT: port,
    SANDBOX_PORT: 0,
    DATABASE_URL: bench.database.ownerUrl,
    RABBITMQ_URL: bench.broker.url,
    DATA_DIR: bench.folder,
    LOG_LEVEL: 'error',
  };
  const env = environmentOf(name, {
    settings,
    secrets: { encryptionKey: bench.encryptionKey } as LocalSecrets,
    ownerUrl: bench.database.ownerUrl,
    sandboxUrl: 'http://127.0.0.1:9',
    publicUrl: url,
  });
  const script = join(ROOT, 'dist', 'apps', name, 'src', 'main.js');
  const child = bench.start(name, script, {
    ...env,
    ...UNSHARED,
    INTERNAL_PORT: String(internalPort),
    INTERNAL_HOST: '127.0.0.1',
    ...own,
  });
  const readyAfterMs = await child.until(
    () => answers(`http://127.0.0.1:${internalPort}/health/ready`),
    START_TIMEOUT_MS,
  );
  return { name, child, url, readyAfterMs };
}

/** What the billing service reads, over the benchmark's database. */
export function billingEnvironment(bench: Bench): ChildEnv {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    DATABASE_URL: serviceUrl(bench.database.ownerUrl, 'billing'),
    ALLOW_SANDBOX: 'true',
    ENCRYPTION_KEY: bench.encryptionKey,
  };
}

export interface RunningStandalone {
  readonly child: Child;
  readonly url: string;
  readonly sandboxUrl: string;
  readonly readyAfterMs: number;
}

/** `npm start` without its build, over the benchmark's database and the in-process transport. */
export async function startStandalone(bench: Bench, own: ChildEnv = {}): Promise<RunningStandalone> {
  const ports = {
    PORT: await bench.port(),
    TELEPHONY_PORT: await bench.port(),
    SANDBOX_PORT: await bench.port(),
  };
  const child = bench.start('standalone', join(ROOT, 'dist/apps/standalone/src/main.js'), {
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    ...UNSHARED,
    DATABASE_URL: bench.database.ownerUrl,
    DATA_DIR: join(bench.folder, `standalone-${randomUUID()}`),
    ENCRYPTION_KEY: bench.encryptionKey,
    DEMO_PASSWORD: bench.demoPassword,
    LOG_LEVEL: 'error',
    ...own,
  });
  const readyAfterMs = await child.until((output) => output.includes('Parley is ready'), START_TIMEOUT_MS);
  return {
    child,
    url: `http://127.0.0.1:${ports.PORT}`,
    sandboxUrl: `http://127.0.0.1:${ports.SANDBOX_PORT}`,
    readyAfterMs,
  };
}

/** One instance needs no Redis, and limits would be all that is measured. */
const UNSHARED: ChildEnv = { REDIS_URL: undefined, RATE_LIMITS: 'off', CHAT_MESSAGES_PER_MINUTE: '100000' };

export interface Session {
  readonly accessToken: string;
  readonly tenantId: string;
  readonly userId: string;
}

/** Signs the demo owner in. */
export async function signIn(bench: Bench, url: string, email = 'owner@demohvac.com'): Promise<Session> {
  const response = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: bench.demoPassword }),
  });
  if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  const { accessToken, tenant, user } = (await response.json()) as {
    accessToken: string;
    tenant: { id: string };
    user: { id: string };
  };
  return { accessToken, tenantId: tenant.id, userId: user.id };
}
