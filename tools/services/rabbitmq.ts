import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brokerAnswers } from './amqp-probe';
import { installFromPackages } from './debian-packages';
import { findProgram } from './paths';
import { dockerAnswers, killAndStartContainer, removeContainer, startContainer } from './rabbit-docker';
import { installedServer, killAndStart, startOwnNode, stopOwnNode } from './rabbit-node';
import type { BrokerControl, Profile, RabbitState } from './state';

const run = promisify(execFile);
const ON_ITS_PORT = 'amqp://guest:guest@127.0.0.1:5672';

/** A broker named in the environment, on its usual port, or of our own, in this order; never none. */
export async function provideRabbit(profile: Profile): Promise<RabbitState> {
  const named = process.env.TEST_RABBITMQ_URL ?? process.env.RABBITMQ_URL;
  if (named) return namedBroker(named, profile);
  if (profile !== 'local' && (await brokerAnswers(ON_ITS_PORT))) {
    const control = await controlOf(ON_ITS_PORT);
    // A broker that gives us no virtual hosts would make test files meet in its queues.
    if (control) return { url: ON_ITS_PORT, control };
  }
  const server = installedServer();
  if (server) return startOwnNode(server, profile);
  if (await dockerAnswers()) return startContainer(profile);
  await installFromPackages('rabbitmq-server');
  const fresh = installedServer();
  if (fresh) return startOwnNode(fresh, profile);
  throw new Error(
    'RabbitMQ is needed and none was found: set RABBITMQ_URL (with RABBITMQ_MANAGEMENT_URL for tests), install rabbitmq-server, or start Docker',
  );
}

async function namedBroker(url: string, profile: Profile): Promise<RabbitState> {
  if (!(await brokerAnswers(url)))
    throw new Error('RabbitMQ of the environment (RABBITMQ_URL) does not answer');
  const control = await controlOf(url);
  if (control || profile === 'local') return { url, control };
  throw new Error(
    'Tests make a virtual host per file: beside RABBITMQ_URL set RABBITMQ_MANAGEMENT_URL (http://user:password@host:15672)',
  );
}

/** How virtual hosts are made there: as told, by the management API, or by this machine's own rabbitmqctl. */
async function controlOf(url: string): Promise<BrokerControl | undefined> {
  const told = process.env.TEST_RABBITMQ_CTL;
  if (told) return JSON.parse(told) as BrokerControl;
  const { hostname, username, password } = new URL(url);
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  const management =
    process.env.RABBITMQ_MANAGEMENT_URL ??
    `http://${username || 'guest'}:${password || 'guest'}@${hostname}:15672`;
  const overHttp = {
    argv: [process.execPath, join(__dirname, 'management-ctl.js')],
    env: { RABBITMQ_MANAGEMENT_URL: management },
  };
  if (await controls(overHttp)) return overHttp;
  const installed = findProgram('rabbitmqctl', '/usr/sbin');
  const bySystem = installed && local ? { argv: [installed], env: {} } : undefined;
  return bySystem && (await controls(bySystem)) ? bySystem : undefined;
}

async function controls(control: BrokerControl): Promise<boolean> {
  return rabbitmqctl(control, 'list_vhosts').then(
    () => true,
    () => false,
  );
}

export async function rabbitmqctl({ argv, env }: BrokerControl, ...args: string[]): Promise<string> {
  const [command = 'rabbitmqctl', ...prefix] = argv;
  const options = { env: { ...process.env, ...env }, timeout: 30_000 };
  return (await run(command, [...prefix, ...args], options)).stdout;
}

export async function rabbitAnswers(state: RabbitState): Promise<boolean> {
  return brokerAnswers(state.url);
}

export async function restartRabbit(state: RabbitState): Promise<RabbitState> {
  return state.container ? killAndStartContainer(state) : killAndStart(state);
}

export async function stopRabbit(state: RabbitState): Promise<void> {
  await Promise.all([stopOwnNode(state), removeContainer(state)]);
}
