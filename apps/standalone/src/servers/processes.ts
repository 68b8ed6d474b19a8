import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The command line of a live process, else nothing. A zombie counts as dead: in a container whose first process
 * reaps nobody it would seem alive to signal 0 for ever.
 */
export function commandOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return (
        execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
      );
    }
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    return undefined;
  }
}

export const isAlive = (pid: number): boolean => commandOf(pid) !== undefined;

/** Sends the signal and waits for the end; what outlives the grace is killed. */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  if (await ended(pid, graceMs)) return;
  process.kill(pid, 'SIGKILL');
  if (!(await ended(pid, 5_000))) throw new Error(`process ${pid} survived SIGKILL`);
}

async function ended(pid: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(25)) {
    if (!isAlive(pid)) return true;
  }
  return !isAlive(pid);
}
