import { readdirSync, readFileSync } from 'node:fs';
import type { BenchDatabase } from './database';

/** Linux counts processor time in hundredths of a second. */
const TICK_MICROS = 10_000;

/** The fields of /proc/<pid>/stat from the parent's id on. */
function statOf(pid: number | string): number[] | undefined {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    return fields.split(' ').slice(1).map(Number);
  } catch (cause) {
    if (
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ||
      (cause as NodeJS.ErrnoException).code === 'ESRCH'
    ) {
      return undefined;
    }
    throw cause;
  }
}

const parentOf = (stat: number[] | undefined): number | undefined => stat?.[0];
const microsOf = (stat: number[] | undefined): number =>
  ((stat?.[10] ?? 0) + (stat?.[11] ?? 0)) * TICK_MICROS;

/** Processor time of the database server, if it runs on this machine, and of processes of ours. */
export class CpuMeter {
  private constructor(private readonly postmaster: number | undefined) {}

  static async open(database: BenchDatabase): Promise<CpuMeter> {
    const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new CpuMeter(row && parentOf(statOf(row.pid)));
  }

  /** Microseconds each spent while `work` ran. */
  async during<T>(
    pids: readonly number[],
    work: () => Promise<T>,
  ): Promise<{ result: T; servers: number; postgres: number }> {
    const before = new Map([...pids, ...this.backends()].map((pid) => [pid, microsOf(statOf(pid))]));
    const result = await work();
    const spent = (pid: number): number => microsOf(statOf(pid)) - (before.get(pid) ?? 0);
    const sum = (these: readonly number[]): number => these.reduce((total, pid) => total + spent(pid), 0);
    return { result, servers: sum(pids), postgres: sum(this.backends()) };
  }

  private backends(): number[] {
    if (this.postmaster === undefined) return [];
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(statOf(name)) === this.postmaster)
      .map(Number);
  }
}
