import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How to run rabbitmqctl against the test broker; the harness (tools/services) sets it. */
interface BrokerControl {
  argv: string[];
  env: Record<string, string>;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run tests through \`npm test\`, which provides real servers`);
  return value;
}

/** Owner URL of the PostgreSQL server of this run. */
export const ownerDatabaseUrl = (): string => required('TEST_DATABASE_URL');

/** Runs rabbitmqctl on the test broker. */
export async function rabbitmqctl(...args: string[]): Promise<string> {
  const { argv, env } = JSON.parse(required('TEST_RABBITMQ_CTL')) as BrokerControl;
  const [command = 'rabbitmqctl', ...prefix] = argv;
  const { stdout } = await run(command, [...prefix, ...args], { env: { ...process.env, ...env } });
  return stdout;
}

export interface TestBroker {
  url: string;
  vhost: string;
  /** Cuts every connection from outside, as an operator would. */
  dropConnections(): Promise<void>;
  remove(): Promise<void>;
}

/** A virtual host of its own, so that files do not meet. */
export async function testBroker(): Promise<TestBroker> {
  const base = new URL(required('TEST_RABBITMQ_URL'));
  const vhost = `test-${randomBytes(6).toString('hex')}`;
  await rabbitmqctl('add_vhost', vhost);
  await rabbitmqctl(
    'set_permissions',
    '-p',
    vhost,
    decodeURIComponent(base.username) || 'guest',
    '.*',
    '.*',
    '.*',
  );
  base.pathname = `/${vhost}`;
  return {
    url: base.toString(),
    vhost,
    dropConnections: async () => {
      await rabbitmqctl('close_all_connections', '--vhost', vhost, 'test');
    },
    remove: async () => {
      await rabbitmqctl('delete_vhost', vhost);
    },
  };
}
