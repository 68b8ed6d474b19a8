import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { postgresBinaries } from './postgres-binaries';
import { reachableFolder, unprivilegedAccount } from './unprivileged';

const run = promisify(execFile);

/** Files of one database server and how to run programs on them. */
export interface Cluster {
  data: string;
  log: string;
  /** Holds the number of the process that answers for the server. */
  owner: string;
  binaries: string;
  password: string;
  runAs: { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv };
  lastPort(): number | undefined;
  rememberPort(port: number): void;
  logTail(): string;
}

interface Kept {
  password: string;
  port?: number;
}

/** Opens the cluster of a folder, creating it the first time; `existing` never creates one. */
export async function openCluster(
  dataDir: string,
  { durable = true, existing = false }: { durable?: boolean; existing?: boolean },
): Promise<Cluster> {
  const account = unprivilegedAccount('postgres');
  const base = reachableFolder(dataDir, account);
  const keptFile = join(base, 'server.json');
  const keep = (kept: Kept): void => writeFileSync(keptFile, JSON.stringify(kept), { mode: 0o600 });
  const kept = (): Kept => JSON.parse(readFileSync(keptFile, 'utf8')) as Kept;
  const data = join(base, 'data');
  const log = join(base, 'postgres.log');

  if (!existsSync(keptFile)) {
    if (existsSync(data))
      throw new Error(`${data} holds a database, but its password file ${keptFile} is gone`);
    keep({ password: randomBytes(18).toString('hex') });
  }
  const cluster: Cluster = {
    data,
    log,
    owner: join(base, 'owner.pid'),
    binaries: postgresBinaries(account),
    password: kept().password,
    runAs: {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: base,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    },
    lastPort: () => kept().port,
    rememberPort: (port) => keep({ ...kept(), port }),
    logTail: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-15).join('\n') : ''),
  };
  if (!existsSync(data) && !existing) await initialise(cluster, durable);
  if (existsSync(data)) await refuseForeignVersion(cluster);
  return cluster;
}

/** Runs initdb beside the final place, so that a start interrupted half-way leaves nothing that looks complete. */
async function initialise(cluster: Cluster, durable: boolean): Promise<void> {
  const unfinished = `${cluster.data}.unfinished`;
  const passwordFile = `${cluster.data}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  const { uid, gid } = cluster.runAs;
  if (uid !== undefined && gid !== undefined) {
    for (const path of [unfinished, passwordFile]) chownSync(path, uid, gid);
  }
  const options = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  // The built-in provider sorts and folds case the same way on every machine, whatever locales are installed.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    const speed = durable ? [] : ['--no-sync'];
    await run(
      join(cluster.binaries, 'initdb'),
      ['-D', unfinished, ...options, ...locale, ...speed],
      cluster.runAs,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster.data);
}

async function refuseForeignVersion(cluster: Cluster): Promise<void> {
  const made = readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = await run(join(cluster.binaries, 'postgres'), ['--version'], cluster.runAs);
  const ours = /(\d+)\./.exec(stdout)?.[1];
  if (made === ours) return;
  throw new Error(
    `${cluster.data} was made by PostgreSQL ${made}, installed is ${ours}: dump and reload it, or move ${basename(cluster.data)} away`,
  );
}
