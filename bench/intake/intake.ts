import { randomBytes } from 'node:crypto';
import Redis from 'ioredis';
import { type Bench, say } from '../harness/bench';
import { answers, type Child } from '../harness/child';
import { applyLoad, type LoadResult } from '../harness/load';
import { startServiceProcess } from '../harness/platform';
import { milliseconds, type PartResult, perSecond, type Row } from '../harness/row';
import { takeTurns } from '../harness/statistics';
import { arrangeLine, type Line } from './line';

const CONNECTIONS = 64;
const ROUNDS = 3;
const ROUND_SECONDS = 4;
const WARM_UP_SECONDS = 3;
/** The faster of 16 and 32 connections for the bare server on two cores. */
const BARE_POOL = 16;
const STEADY_RATE = 500;
const STEADY_SECONDS = 8;

type Contestant = 'ours' | 'bare' | 'bullmq';
type Doors = Partial<Record<Contestant, string>>;

/** Durable webhook intake: how many per second, and how long one waits at a steady rate. */
export async function measureIntake(bench: Bench): Promise<PartResult> {
  const edge = await startServiceProcess(bench, 'telephony-ingest', {
    ROLE: 'edge',
    WEBHOOK_LIMIT_PER_MINUTE: '0',
  });
  const line = await arrangeLine(bench);
  await bench.database.query('CREATE SCHEMA bench');
  await bench.database.query('CREATE TABLE bench.journal (LIKE telephony.journal INCLUDING ALL)');
  const bare = await startBareServer(bench);
  const bullmq = bench.redisUrl ? await startBullMq(bench, bench.redisUrl, line) : undefined;
  const doors: Doors = { ours: `${edge.url}/v1/webhooks/vapi`, bare: bare.door, bullmq: bullmq?.door };
  const generator = bench.start('load', 'harness/load-generator');
  const load = async (contestant: Contestant, seconds: number, rate?: number): Promise<LoadResult> => {
    // Every round starts with empty tables, and with what earlier ones wrote already on disk.
    await bench.database.query('TRUNCATE telephony.journal, bench.journal');
    await bullmq?.empty();
    await bench.database.query('CHECKPOINT');
    const url = doors[contestant] ?? '';
    const result = await applyLoad(generator, {
      url,
      seconds,
      connections: CONNECTIONS,
      webhooks: line,
      ...(rate === undefined ? {} : { rate }),
    });
    if (contestant !== 'bullmq') await requireRows(bench, contestant, result.perSecond * seconds);
    say(`intake ${contestant}: ${perSecond(result.perSecond)}, p99 ${milliseconds(result.p99)}`);
    return result;
  };

  const contestants: Contestant[] = bullmq ? ['ours', 'bare', 'bullmq'] : ['ours', 'bare'];
  for (const contestant of contestants) await load(contestant, WARM_UP_SECONDS);
  const rates = await takeTurns(contestants, ROUNDS, async (contestant) => {
    const { perSecond: rate } = await load(contestant, ROUND_SECONDS);
    return rate;
  });
  const steady = {
    ours: await load('ours', STEADY_SECONDS, STEADY_RATE),
    bare: await load('bare', STEADY_SECONDS, STEADY_RATE),
  };
  await bullmq?.empty();
  await bench.stop(edge.child, bare.child, generator, ...(bullmq ? [bullmq.child] : []));
  return report(rates, steady, bullmq?.durability);
}

function report(
  rates: Record<Contestant, number>,
  steady: { ours: LoadResult; bare: LoadResult },
  redis: string | undefined,
): PartResult {
  const ratio = rates.ours / rates.bare;
  const rows: Row[] = [
    {
      part: 'intake',
      what: `webhooks, ${CONNECTIONS} connections, against bare Fastify + INSERT`,
      ours: perSecond(rates.ours),
      theirs: perSecond(rates.bare),
      ratio,
      target: '≥ 1.80×',
      met: ratio >= 1.8,
    },
  ];
  if (redis) {
    const what = 'the same against Express + BullMQ + Redis';
    const [ours, theirs] = [perSecond(rates.ours), perSecond(rates.bullmq)];
    rows.push({ part: 'intake', what, ours, theirs, ratio: rates.ours / rates.bullmq });
  }
  rows.push({
    part: 'intake',
    what: `p99 at a steady ${STEADY_RATE}/s`,
    ours: milliseconds(steady.ours.p99),
    theirs: milliseconds(steady.bare.p99),
    target: '≤ 50 ms',
    met: steady.ours.p99 <= 50,
  });
  const notes = [
    `Intake: telephony-ingest with ROLE=edge takes Vapi webhooks of about 2 kB, every one of another call and signed (HMAC): it finds the tenant by the called number, verifies, and answers after the commit. The bare server reads nothing, verifies nothing and inserts each body over a pool of ${BARE_POOL} into a table with the same columns and indexes. Median of ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s. After each round the rows are counted: fewer than answers fails the run.`,
    redis
      ? `BullMQ: signature check and \`queue.add\` with a job id, five attempts and backoff; Redis ran with ${redis}, so its answers promise less than a commit does.`
      : 'BullMQ: left out, because no Redis could be had.',
  ];
  return { rows, notes };
}

/** An answer without a row would make the rate worthless. */
async function requireRows(bench: Bench, contestant: 'ours' | 'bare', answered: number): Promise<void> {
  const table = contestant === 'ours' ? 'telephony.journal' : 'bench.journal';
  const [row] = await bench.database.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`);
  if (!row || row.rows < Math.floor(answered)) {
    throw new Error(
      `${contestant} answered ${Math.floor(answered)} webhooks, but ${table} holds ${row?.rows}`,
    );
  }
}

async function startBareServer(bench: Bench): Promise<{ child: Child; door: string }> {
  const port = await bench.port();
  const child = bench.start('bare Fastify', 'intake/bare-fastify', {
    NODE_ENV: 'production',
    DATABASE_URL: bench.database.ownerUrl,
    POOL_SIZE: String(BARE_POOL),
    PORT: String(port),
  });
  await child.until(() => answers(`http://127.0.0.1:${port}/health`), 20_000);
  return { child, door: `http://127.0.0.1:${port}/webhook` };
}

async function startBullMq(bench: Bench, redisUrl: string, { secret }: Line) {
  const port = await bench.port();
  const queue = `bench-${randomBytes(4).toString('hex')}`;
  const child = bench.start('Express + BullMQ', 'intake/express-bullmq', {
    NODE_ENV: 'production',
    REDIS_URL: redisUrl,
    QUEUE: queue,
    WEBHOOK_SECRET: secret,
    PORT: String(port),
  });
  await child.until(() => answers(`http://127.0.0.1:${port}/health`), 20_000);
  return {
    child,
    door: `http://127.0.0.1:${port}/webhook`,
    durability: await onRedis(redisUrl, async (redis) => {
      const [, appendOnly = '?'] = (await redis.config('GET', 'appendonly')) as string[];
      return `appendonly=${appendOnly}`;
    }),
    empty: () => onRedis(redisUrl, (redis) => unlinkAll(redis, `bull:${queue}:*`)),
  };
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
