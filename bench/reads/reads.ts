import { isDeepStrictEqual } from 'node:util';
import { type Bench, say } from '../harness/bench';
import { answers, type Child } from '../harness/child';
import { CpuMeter } from '../harness/cpu';
import { applyLoad } from '../harness/load';
import { type Session, signIn, startServiceProcess, startStandalone } from '../harness/platform';
import { micros, milliseconds, type PartResult, perSecond, type Row } from '../harness/row';
import { median, takeTurns } from '../harness/statistics';
import { insertCalls } from './calls';

const CALLS = 10_000;
const PATH = '/v1/calls?limit=50';
const CONNECTIONS = 32;
const ROUNDS = 5;
const ROUND_SECONDS = 2;
const WARM_UP_SECONDS = 4;
/** What each process of ours has by default. */
const POOL_SIZE = 10;

type Contestant = 'standalone' | 'distributed' | 'monolith';
const CONTESTANTS: readonly Contestant[] = ['standalone', 'distributed', 'monolith'];

/** A page of 50 calls of a tenant that has 10,000, to one signed-in user. */
export async function measureReads(bench: Bench): Promise<PartResult> {
  const standalone = await startStandalone(bench);
  const session = await signIn(bench, standalone.url);
  await insertCalls(bench.database, session.tenantId, CALLS);
  const identity = await startServiceProcess(bench, 'identity');
  const telephony = await startServiceProcess(bench, 'telephony-ingest', { ROLE: 'all' });
  const gateway = await startServiceProcess(bench, 'gateway');
  const monolith = await startMonolith(bench, standalone.url);
  const urls: Record<Contestant, string> = {
    standalone: standalone.url,
    distributed: gateway.url,
    monolith: monolith.url,
  };
  await requireSameAnswers(urls, session);

  const processes: Record<Contestant, readonly Child[]> = {
    standalone: [standalone.child],
    distributed: [gateway.child, telephony.child],
    monolith: [monolith.child],
  };
  const generator = bench.start('load', 'harness/load-generator');
  const meter = await CpuMeter.open(bench.database);
  const spent: Record<Contestant, number[]> = { standalone: [], distributed: [], monolith: [] };
  const load = async (contestant: Contestant, seconds: number): Promise<number> => {
    const task = {
      url: urls[contestant] + PATH,
      seconds,
      connections: CONNECTIONS,
      headers: { authorization: `Bearer ${session.accessToken}` },
    };
    const pids = processes[contestant].map(({ pid }) => pid);
    const { result, servers } = await meter.during(pids, () => applyLoad(generator, task));
    const each = servers / (result.perSecond * seconds);
    spent[contestant].push(each);
    say(
      `reads ${contestant}: ${perSecond(result.perSecond)}, p99 ${milliseconds(result.p99)}, ${micros(each)} each`,
    );
    return result.perSecond;
  };
  for (const contestant of CONTESTANTS) await load(contestant, WARM_UP_SECONDS);
  const rounds = await takeTurns(CONTESTANTS, ROUNDS, (contestant) => load(contestant, ROUND_SECONDS));
  await bench.stop(
    generator,
    gateway.child,
    standalone.child,
    monolith.child,
    telephony.child,
    identity.child,
  );
  const costs = CONTESTANTS.map((name) => `${name} ${micros(median(spent[name]))}`).join(', ');
  const row = (contestant: Contestant, least: number, why: string): Row => {
    const ratio = rounds.ratio(contestant, 'monolith');
    return {
      part: 'reads',
      what: `GET ${PATH}, ${CONNECTIONS} connections, ${contestant}, against Express + pg`,
      ours: perSecond(rounds.of(contestant)),
      theirs: perSecond(rounds.of('monolith')),
      ratio,
      target: `≥ ${least.toFixed(2)}×`,
      met: ratio >= least,
      why: `${why} Processor time per page, without PostgreSQL: ${costs}.`,
    };
  };
  return {
    rows: [
      row(
        'standalone',
        1,
        'Row-level security needs a transaction around the query (three statements instead of one), instants are turned into the contract’s texts row by row, and the request is validated at the edge and in the service.',
      ),
      row('distributed', 0.4, 'Every page crosses the broker, which has its share of the two cores as well.'),
    ],
    notes: [
      `Reads: a tenant with ${CALLS.toLocaleString('en')} calls, one user, rate limits off. Standalone is the process of \`npm start\`; distributed is gateway → RabbitMQ → telephony-ingest as processes of their own. The monolith is one Express 5 process that verifies the same RS256 token with jose at every request (ours remembers verified tokens until they expire) and runs the same query on the same table with ${POOL_SIZE} connections, as each of ours has; it has no row-level security and no transaction around the query. Before the load all three must give the same answer. ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s. Processor time per page, without PostgreSQL: ${costs}.`,
    ],
  };
}

async function startMonolith(bench: Bench, keysUrl: string): Promise<{ child: Child; url: string }> {
  const port = await bench.port();
  const child = bench.start('Express monolith', 'reads/express-monolith', {
    NODE_ENV: 'production',
    DATABASE_URL: bench.database.ownerUrl,
    POOL_SIZE: String(POOL_SIZE),
    JWKS_URL: `${keysUrl}/.well-known/jwks.json`,
    PORT: String(port),
  });
  const url = `http://127.0.0.1:${port}`;
  await child.until(() => answers(`${url}/health`), 20_000);
  return { child, url };
}

async function requireSameAnswers(urls: Record<Contestant, string>, { accessToken }: Session): Promise<void> {
  const [first, ...others] = await Promise.all(
    CONTESTANTS.map(async (contestant) => {
      const response = await fetch(urls[contestant] + PATH, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      if (!response.ok)
        throw new Error(`${contestant} answered ${response.status}: ${await response.text()}`);
      const { data } = (await response.json()) as { data: object[] };
      return data;
    }),
  );
  if (first?.length !== 50 || others.some((other) => !isDeepStrictEqual(other, first))) {
    throw new Error('The contestants do not give the same page of calls');
  }
}
