import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As `nice` counts: a tenth of a share beside a thread of normal priority, all of a core that is idle. */
const NICE = 10;
const POOL_THREAD = 'libuv-worker';
const TASKS = '/proc/self/task';

/**
 * Threads of libuv's pool give way to the event loop, here and in other processes, where cores are short. Linux only,
 * where a thread has a priority of its own; elsewhere nothing happens.
 * @returns the threads it found; none before the pool was first used
 */
export function lowerPoolPriority(): number[] {
  if (process.platform !== 'linux') return [];
  const threads = readdirSync(TASKS).filter(isPoolThread).map(Number);
  for (const thread of threads) setPriority(thread, NICE);
  return threads;
}

function isPoolThread(task: string): boolean {
  try {
    return readFileSync(`${TASKS}/${task}/comm`, 'utf8').trim() === POOL_THREAD;
  } catch {
    // It ended meanwhile; threads of the pool never do.
    return false;
  }
}
