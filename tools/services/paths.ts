import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

function workspaceRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
  }
  throw new Error(`no package-lock.json above ${__dirname}`);
}

export const root = workspaceRoot();

export const inData = (...parts: string[]): string => resolve(root, '.data', ...parts);

/** Tells this checkout's servers from those of another on the same machine. */
export const checkoutId = createHash('sha256').update(root).digest('hex').slice(0, 8);

/** The full path of a program on PATH or in the places system daemons live. */
export function findProgram(name: string, ...first: string[]): string | undefined {
  const path = (process.env.PATH ?? '').split(':');
  return [
    ...first,
    ...path,
    '/usr/local/sbin',
    '/usr/sbin',
    '/opt/homebrew/sbin',
    '/usr/local/bin',
    '/usr/bin',
  ]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}
