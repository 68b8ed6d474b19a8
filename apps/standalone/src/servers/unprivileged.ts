import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A system account that servers run under when we are root; they refuse to, or should not, run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Where servers started by root live when the checkout itself is closed to their account (say, under /root). */
const OPEN_BASE = '/var/lib/parley';
const CREATED_ACCOUNT = 'parley';

/** The first of the named accounts that exists, else one made for the purpose; nothing when we are not root. */
export function unprivilegedAccount(...preferred: string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = [...preferred, CREATED_ACCOUNT, 'nobody'].map(findAccount).find((account) => account);
  if (found) return found;
  execFileSync('useradd', ['--system', '--user-group', '--no-create-home', CREATED_ACCOUNT]);
  const created = findAccount(CREATED_ACCOUNT);
  if (!created) throw new Error(`useradd ran, but the account ${CREATED_ACCOUNT} is not in /etc/passwd`);
  return created;
}

function findAccount(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Whether the account may pass through every folder above the path, and read the path itself if it exists. */
export function canReach(path: string, account: Account): boolean {
  const target = resolve(path);
  if (existsSync(target) && !allows(target, account, 0o5)) return false;
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    if (existsSync(folder) && !allows(folder, account, 0o1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function allows(path: string, account: Account, bits: number): boolean {
  const { uid, gid, mode } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}

/**
 * The folder itself, created, when the account can get there; otherwise one outside that stands for it: the same
 * wanted path always gives the same folder.
 */
export function reachableFolder(wanted: string, account: Account | undefined): string {
  const target = resolve(wanted);
  mkdirSync(target, { recursive: true });
  if (!account || canReach(target, account)) return target;
  const standIn = join(openFolder(), createHash('sha256').update(target).digest('hex').slice(0, 12));
  mkdirSync(standIn, { recursive: true, mode: 0o755 });
  return standIn;
}

export function openFolder(): string {
  mkdirSync(OPEN_BASE, { recursive: true, mode: 0o755 });
  return OPEN_BASE;
}
