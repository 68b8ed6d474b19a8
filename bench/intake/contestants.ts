import { randomBytes } from 'node:crypto';
import Redis from 'ioredis';
import type { Bench } from '../harness/bench';
import { answers, type Child } from '../harness/child';
import { startServiceProcess } from '../harness/platform';
import { arrangeLine, type Line } from './line';

export type IntakeName = 'ours' | 'bare' | 'bullmq';

export interface Contestant {
  readonly child: Child;
  /** Where it takes webhooks. */
  readonly door: string;
  /** Rows it has stored since `empty`. */
  stored?(): Promise<number>;
  empty(): Promise<void>;
}

export interface Contestants {
  readonly line: Line;
  readonly byName: ReadonlyMap<IntakeName, Contestant>;
  /** How Redis keeps what it is given; undefined without Redis. */
  readonly redis: string | undefined;
}

/** The faster of 16 and 32 connections for the bare server on two cores. */
export const BARE_POOL = 16;

export async function startContestants(bench: Bench): Promise<Contestants> {
  const edge = await startServiceProcess(bench, 'telephony-ingest', {
    ROLE: 'edge',
    WEBHOOK_LIMIT_PER_MINUTE: '0',
  });
  const line = await arrangeLine(bench);
  await bench.database.query('CREATE SCHEMA bench');
  await bench.database.query('CREATE TABLE bench.journal (LIKE telephony.journal INCLUDING ALL)');
  // The one thing that LIKE leaves out.
  await bench.database.query('ALTER TABLE bench.journal SET (toast_tuple_target = 8160)');
  const byName = new Map<IntakeName, Contestant>([
    [
      'ours',
      { child: edge.child, door: `${edge.url}/v1/webhooks/vapi`, ...table(bench, 'telephony.journal') },
    ],
    ['bare', { ...(await startBareServer(bench)), ...table(bench, 'bench.journal') }],
  ]);
  if (bench.redisUrl) byName.set('bullmq', await startBullMq(bench, bench.redisUrl, line));
  const redis = bench.redisUrl && (await onRedis(bench.redisUrl, durabilityOf));
  return { line, byName, redis };
}

function table({ database }: Bench, name: string): Required<Pick<Contestant, 'stored' | 'empty'>> {
  return {
    stored: async () => {
      const [row] = await database.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${name}`);
      return row?.rows ?? 0;
    },
    empty: async () => {
      await database.query(`TRUNCATE ${name}`);
    },
  };
}

async function startBareServer(bench: Bench): Promise<{ child: Child; door: string }> {
  const settings = { DATABASE_URL: bench.database.ownerUrl, POOL_SIZE: String(BARE_POOL) };
  return startServer(bench, 'bare Fastify', 'intake/bare-fastify', settings);
}

async function startBullMq(bench: Bench, redisUrl: string, { secret }: Line): Promise<Contestant> {
  const queue = `bench-${randomBytes(4).toString('hex')}`;
  const settings = { REDIS_URL: redisUrl, QUEUE: queue, WEBHOOK_SECRET: secret };
  const server = await startServer(bench, 'Express + BullMQ', 'intake/express-bullmq', settings);
  return { ...server, empty: () => onRedis(redisUrl, (redis) => unlinkAll(redis, `bull:${queue}:*`)) };
}

async function startServer(
  bench: Bench,
  name: string,
  script: string,
  settings: Record<string, string>,
): Promise<{ child: Child; door: string }> {
  const port = await bench.port();
  const child = bench.start(name, script, { NODE_ENV: 'production', PORT: String(port), ...settings });
  await child.until(() => answers(`http://127.0.0.1:${port}/health`), 20_000);
  return { child, door: `http://127.0.0.1:${port}/webhook` };
}

async function durabilityOf(redis: Redis): Promise<string> {
  const [, appendOnly = '?'] = (await redis.config('GET', 'appendonly')) as string[];
  return `appendonly ${appendOnly}`;
}

async function onRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function unlinkAll(redis: Redis, pattern: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: pattern, count: 5_000 })) {
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
  }
}
