import { type Bench, say } from '../harness/bench';
import { CpuMeter } from '../harness/cpu';
import { applyLoad, type LoadResult } from '../harness/load';
import { micros, milliseconds, type PartResult, perSecond, type Row } from '../harness/row';
import { median, type Rounds, takeTurns } from '../harness/statistics';
import { BARE_POOL, type IntakeName, startContestants } from './contestants';

const CONNECTIONS = 64;
const ROUNDS = 5;
const ROUND_SECONDS = 3;
/** It takes some seconds until everything on the way is compiled. */
const WARM_UP_SECONDS = 6;
const STEADY_RATE = 500;
const STEADY_SECONDS = 8;
const LEAST_RATIO = 1.8;

interface Intake extends LoadResult {
  /** Processor time per webhook, in microseconds. */
  readonly server: number;
  readonly postgres: number;
}

/** Durable webhook intake: how many per second, and how long one waits at a steady rate. */
export async function measureIntake(bench: Bench): Promise<PartResult> {
  const { line, byName, redis } = await startContestants(bench);
  const generator = bench.start('load', 'harness/load-generator');
  const meter = await CpuMeter.open(bench.database);
  const spent = new Map<IntakeName, Intake[]>();

  const load = async (name: IntakeName, seconds: number, rate?: number): Promise<Intake> => {
    const contestant = byName.get(name);
    if (!contestant) throw new Error(`${name} does not take part`);
    // Every round starts empty, and with what earlier ones wrote already on disk.
    for (const { empty } of byName.values()) await empty();
    await bench.database.query('CHECKPOINT');
    const task = { url: contestant.door, seconds, connections: CONNECTIONS, webhooks: line };
    const { result, servers, postgres } = await meter.during([contestant.child.pid], () =>
      applyLoad(generator, rate === undefined ? task : { ...task, rate }),
    );
    const answered = Math.floor(result.perSecond * seconds);
    const stored = (await contestant.stored?.()) ?? answered;
    if (stored < answered) throw new Error(`${name} answered ${answered} webhooks, but stored ${stored}`);
    const intake = { ...result, server: servers / answered, postgres: postgres / answered };
    const { server, p99 } = intake;
    say(`intake ${name}: ${perSecond(result.perSecond)}, p99 ${milliseconds(p99)}, ${micros(server)} each`);
    return intake;
  };

  const names = [...byName.keys()];
  for (const name of names) await load(name, WARM_UP_SECONDS);
  const rounds = await takeTurns(names, ROUNDS, async (name) => {
    const intake = await load(name, ROUND_SECONDS);
    spent.set(name, [...(spent.get(name) ?? []), intake]);
    return intake.perSecond;
  });
  const steady = {
    ours: await load('ours', STEADY_SECONDS, STEADY_RATE),
    bare: await load('bare', STEADY_SECONDS, STEADY_RATE),
  };
  await byName.get('bullmq')?.empty();
  await bench.stop(generator, ...[...byName.values()].map(({ child }) => child));
  const cost = (name: IntakeName, part: 'server' | 'postgres'): string =>
    micros(median((spent.get(name) ?? []).map((intake) => intake[part])));
  const costs = (['ours', 'bare'] as const).map(
    (name) => `${name} ${cost(name, 'server')} in the process and ${cost(name, 'postgres')} in PostgreSQL`,
  );
  return report(rounds, steady, redis, `Processor time per webhook: ${costs.join(', ')}.`);
}

function report(
  rounds: Rounds<IntakeName>,
  steady: { ours: LoadResult; bare: LoadResult },
  redis: string | undefined,
  costs: string,
): PartResult {
  const row = (what: string, theirs: IntakeName): Row => ({
    part: 'intake',
    what,
    ours: perSecond(rounds.of('ours')),
    theirs: perSecond(rounds.of(theirs)),
    ratio: rounds.ratio('ours', theirs),
  });
  const bare = row(`webhooks, ${CONNECTIONS} connections, against bare Fastify + INSERT`, 'bare');
  const rows: Row[] = [
    {
      ...bare,
      target: `≥ ${LEAST_RATIO.toFixed(2)}×`,
      met: (bare.ratio ?? 0) >= LEAST_RATIO,
      why: `${costs} The edge saves where PostgreSQL commits, but reading, verifying and answering run on the one thread of one Node process, which is the bound here; the bare server has as much to do in its process, and PostgreSQL's own processes share the rest of its work.`,
    },
    ...(redis ? [row('the same against Express + BullMQ + Redis', 'bullmq')] : []),
    {
      part: 'intake',
      what: `p99 at a steady ${STEADY_RATE}/s`,
      ours: milliseconds(steady.ours.p99),
      theirs: milliseconds(steady.bare.p99),
      target: '≤ 50 ms',
      met: steady.ours.p99 <= 50,
    },
  ];
  const notes = [
    `Intake: telephony-ingest with ROLE=edge takes Vapi webhooks of about 2 kB, every one of another call and signed (HMAC): it finds the tenant by the called number, verifies, and answers after the commit. The bare server reads nothing, verifies nothing and inserts each body over a pool of ${BARE_POOL} into a table with the same columns and indexes. ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s. After each round the rows are counted: fewer than answers fails the run. ${costs}`,
    redis
      ? `BullMQ: signature check and \`queue.add\` with a job id, five attempts and backoff. Redis ran with ${redis}: its answers promise less than a commit does.`
      : 'BullMQ: left out, because no Redis could be had.',
  ];
  return { rows, notes };
}
