import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../apps/standalone/src/servers/processes';
import { inData } from './paths';

/** Longer than the slowest start: a first installation of RabbitMQ from packages. */
const PATIENCE_MS = 300_000;

/** Runs the work while no other process of this checkout starts or stops servers. */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const file = inData('services.lock');
  mkdirSync(inData(), { recursive: true });
  for (const deadline = Date.now() + PATIENCE_MS; !take(file); await sleep(100)) {
    if (Date.now() > deadline) throw new Error(`another process holds ${file}`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  if (existsSync(file) && !isAlive(Number(readFileSync(file, 'utf8') || process.pid)))
    rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
