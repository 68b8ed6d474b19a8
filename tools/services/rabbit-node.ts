import { execFile, spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../apps/standalone/src/servers/ports';
import { commandOf, endProcess, isAlive } from '../../apps/standalone/src/servers/processes';
import { reachableFolder, unprivilegedAccount } from '../../apps/standalone/src/servers/unprivileged';
import { brokerAnswers } from './amqp-probe';
import { checkoutId, findProgram, inData } from './paths';
import type { Profile, RabbitState } from './state';

const run = promisify(execFile);
const START_TIMEOUT_MS = 90_000;
const LOOPBACK = '-kernel inet_dist_use_interface {127,0,0,1}';

/** Debian's programs without their root-only wrappers, else those on PATH. */
export const installedServer = (): string | undefined =>
  findProgram('rabbitmq-server', '/usr/lib/rabbitmq/bin');

/** A node of our own from the installed server: own name, ports, files and Erlang registry, all on loopback. */
export async function startOwnNode(server: string, profile: Profile): Promise<RabbitState> {
  const account = unprivilegedAccount('rabbitmq');
  const base = reachableFolder(inData('services', profile, 'rabbitmq'), account);
  const amqp = await freePort();
  const env = await nodeEnvironment(base, amqp, `parley-${profile}-${checkoutId}@localhost`);
  mkdirSync(base, { recursive: true });
  writeFileSync(join(base, 'enabled_plugins'), '[].\n');
  // The default write-ahead log of quorum queues is 512 MB; tests want it small.
  writeFileSync(
    join(base, 'rabbitmq.conf'),
    'loopback_users.guest = true\nraft.wal_max_size_bytes = 67108864\n',
  );
  if (account) chownSync(base, account.uid, account.gid);
  const control = { argv: [join(dirname(server), 'rabbitmqctl')], env };
  const node = {
    pid: 0,
    argv: [server],
    env,
    uid: account?.uid,
    gid: account?.gid,
    log: join(base, 'broker.log'),
  };
  return launch({ url: `amqp://guest:guest@127.0.0.1:${amqp}`, control, node });
}

async function nodeEnvironment(base: string, amqp: number, name: string): Promise<Record<string, string>> {
  return {
    HOME: base,
    RABBITMQ_NODENAME: name,
    RABBITMQ_NODE_PORT: String(amqp),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(await freePort()),
    ERL_EPMD_PORT: String(await freePort()),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: join(base, 'mnesia'),
    RABBITMQ_LOG_BASE: join(base, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(base, 'node.pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(base, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(base, 'rabbitmq'),
    RABBITMQ_CONF_ENV_FILE: join(base, 'absent.conf'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: LOOPBACK,
    RABBITMQ_CTL_ERL_ARGS: LOOPBACK,
    // Makes the start script become the node instead of watching over it, so that our signals reach the node.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

async function launch(state: RabbitState): Promise<RabbitState> {
  const { node } = state;
  if (!node) throw new Error('not a node of ours');
  const [command = '', ...args] = node.argv;
  const log = openSync(node.log, 'w');
  const child = spawn(command, args, {
    env: { ...process.env, ...node.env },
    cwd: dirname(node.log),
    stdio: ['ignore', log, log],
    detached: true,
    ...(node.uid !== undefined && { uid: node.uid, gid: node.gid }),
  });
  closeSync(log);
  child.unref();
  const pid = child.pid ?? 0;
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(100)) {
    if (await brokerAnswers(state.url)) return { ...state, node: { ...node, pid } };
    if (!isAlive(pid) || Date.now() > deadline) {
      throw new Error(`RabbitMQ did not start (${node.log}):\n${tail(node.log)}`);
    }
  }
}

const tail = (file: string): string =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-15).join('\n') : '';

/** After a reboot the recorded number may be another program's. */
const isNode = (pid: number): boolean => /beam|rabbitmq/.test(commandOf(pid) ?? '');

/** The raft library of 3.10 saves its list of quorum queues every 500 ms; a queue younger than that dies with it. */
const QUEUES_SAVED_MS = 700;

/** As a power cut would: SIGKILL, then a start on the same files and ports. */
export async function killAndStart(state: RabbitState): Promise<RabbitState> {
  if (!state.node) throw new Error('only a RabbitMQ node started by tools/services can be killed');
  await sleep(QUEUES_SAVED_MS);
  if (isNode(state.node.pid)) await endProcess(state.node.pid, 'SIGKILL', 5_000);
  return launch(state);
}

export async function stopOwnNode({ node }: RabbitState): Promise<void> {
  if (!node) return;
  if (isNode(node.pid)) await endProcess(node.pid, 'SIGTERM', 20_000);
  const epmd = findProgram('epmd');
  // The registry refuses to end while it remembers the node, which takes it a moment to forget.
  for (let attempt = 0; epmd && attempt < 20; attempt += 1, await sleep(100)) {
    const env = { ...process.env, ...node.env };
    const answer = await run(epmd, ['-kill'], { env }).catch((error: Error) => ({ stdout: error.message }));
    if (!answer.stdout.includes('not allowed')) return;
  }
}
