import { cpus, totalmem } from 'node:os';
import type { BenchDatabase } from './database';

/** What the figures depend on. */
export async function machineFacts(database: BenchDatabase): Promise<string[]> {
  const [server] = await database.query<{ version: string; fsync: string; synchronous_commit: string }>(
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
       current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit`,
  );
  if (!server) throw new Error('PostgreSQL says nothing of itself');
  const { version, fsync, synchronous_commit: synchronous } = server;
  const [first, ...others] = cpus();
  const durable = fsync === 'on' && synchronous === 'on';
  return [
    `Machine: ${others.length + 1} cores (${first?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
    `Node ${process.versions.node}, PostgreSQL ${version} with fsync=${fsync} and synchronous_commit=${synchronous}` +
      (durable ? '' : ': NOT DURABLE, the intake figures do not count'),
    `Date: ${new Date().toISOString().slice(0, 10)}`,
  ];
}
