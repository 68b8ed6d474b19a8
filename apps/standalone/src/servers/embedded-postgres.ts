import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, openCluster } from './postgres-cluster';
import { freePort } from './ports';
import { commandOf, endProcess, isAlive } from './processes';

export interface EmbeddedPostgresOptions {
  /** Folder of everything that belongs to this server: data, password, log. */
  dataDir: string;
  /** Default: the port of the last start if it is free, else any free one. */
  port?: number;
  /** Off only for data nobody will miss: a power cut then ruins the files. */
  fsync: boolean;
  maxConnections: number;
}

export interface EmbeddedPostgres {
  /** Superuser login on 127.0.0.1. */
  url: string;
  port: number;
  /** Stops the server, unless it was already serving another live process when we came. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 30_000;

/**
 * PostgreSQL from the npm binaries, on loopback, under an unprivileged account when we are root. It is a process group
 * of its own, so Ctrl-C reaches the platform first and the database last. After the platform was killed hard, the next
 * start finds the server still running and goes on with it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDir, { durable: options.fsync });
  const port = runningPort(cluster) ?? (await launch(cluster, options));
  const url = urlOf(cluster, port);
  await untilAnswering(url, cluster);
  const ours = takeOver(cluster);
  return { url, port, stop: async () => (ours ? stopCluster(cluster) : undefined) };
}

/** Stops the server of this folder, whoever started it; nothing happens when none runs. */
export async function stopEmbeddedPostgres(dataDir: string): Promise<void> {
  if (existsSync(resolve(dataDir))) await stopCluster(await openCluster(dataDir, { existing: true }));
}

/** The URL of the server running in this folder, if one does. */
export async function runningPostgresUrl(dataDir: string): Promise<string | undefined> {
  if (!existsSync(resolve(dataDir))) return undefined;
  const cluster = await openCluster(dataDir, { existing: true });
  const port = runningPort(cluster);
  return port === undefined ? undefined : urlOf(cluster, port);
}

const urlOf = ({ password }: Cluster, port: number): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

/** First line: process id; fourth: port. Written by the postmaster when it owns the folder. */
function lockFile(cluster: Cluster): { pid: number; port: number } | undefined {
  const file = join(cluster.data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

const isPostmaster = (pid: number): boolean => /\bpostgres\b/.test(commandOf(pid) ?? '');

function runningPort(cluster: Cluster): number | undefined {
  const lock = lockFile(cluster);
  return lock && lock.port > 0 && isPostmaster(lock.pid) ? lock.port : undefined;
}

async function launch(cluster: Cluster, options: EmbeddedPostgresOptions): Promise<number> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(200)) {
    removeStaleLock(cluster);
    const port = options.port ?? (await freePort(cluster.lastPort()));
    const server = spawnServer(cluster, port, options);
    if (await holdsLock(cluster, server)) {
      cluster.rememberPort(port);
      return port;
    }
    const elsewhere = runningPort(cluster);
    if (elsewhere !== undefined) return elsewhere;
    const log = cluster.logTail();
    // Sessions of a killed postmaster need a moment to notice; a port may be taken between looking and binding.
    const passing = options.port
      ? /shared memory block|already exists/.test(log)
      : /shared memory block|already exists|could not bind/.test(log);
    if (!passing || Date.now() > deadline)
      throw new Error(`PostgreSQL did not start (${cluster.log}):\n${log}`);
  }
}

/** A lock left by a dead postmaster whose number another program has since been given would block the start. */
function removeStaleLock(cluster: Cluster): void {
  const lock = lockFile(cluster);
  if (lock && !isPostmaster(lock.pid)) rmSync(join(cluster.data, 'postmaster.pid'));
}

function spawnServer(
  cluster: Cluster,
  port: number,
  { fsync, maxConnections }: EmbeddedPostgresOptions,
): ChildProcess {
  const onOff = fsync ? 'on' : 'off';
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    fsync: onOff,
    synchronous_commit: onOff,
    full_page_writes: onOff,
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(cluster.log, 'w');
  const server = spawn(
    join(cluster.binaries, 'postgres'),
    ['-D', cluster.data, '-p', String(port), ...flags],
    {
      ...cluster.runAs,
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  server.unref();
  return server;
}

/** Whether this server became the owner of the folder, before it ended or gave up. */
async function holdsLock(cluster: Cluster, server: ChildProcess): Promise<boolean> {
  let failed = false;
  server.once('error', () => (failed = true));
  while (!failed && server.exitCode === null && server.signalCode === null) {
    const lock = lockFile(cluster);
    if (lock && lock.pid === server.pid && lock.port > 0) return true;
    await sleep(20);
  }
  return false;
}

async function untilAnswering(url: string, cluster: Cluster): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      await client.end().catch(() => undefined);
      if (runningPort(cluster) === undefined || Date.now() > deadline) {
        throw new Error(`PostgreSQL does not answer (${cluster.log}):\n${cluster.logTail()}`, { cause });
      }
    }
  }
}

/** Records this process as the one that answers for the server, unless a live one does already. */
function takeOver(cluster: Cluster): boolean {
  const owner = existsSync(cluster.owner) ? Number(readFileSync(cluster.owner, 'utf8')) : 0;
  if (owner !== process.pid && owner > 0 && isAlive(owner)) return false;
  writeFileSync(cluster.owner, String(process.pid));
  return true;
}

async function stopCluster(cluster: Cluster): Promise<void> {
  const lock = lockFile(cluster);
  if (lock && isPostmaster(lock.pid)) await endProcess(lock.pid, 'SIGINT', STOP_GRACE_MS);
  rmSync(cluster.owner, { force: true });
}
