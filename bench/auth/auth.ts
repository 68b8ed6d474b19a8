import { type Bench, say } from '../harness/bench';
import { applyLoad } from '../harness/load';
import { type RunningStandalone, signIn, startStandalone } from '../harness/platform';
import { micros, milliseconds, type PartResult, type Row } from '../harness/row';
import { median, takeTurns } from '../harness/statistics';
import type { LoginResult, LoginTask, TokenResult, TokenTask } from './auth-task';
import { insertPeople } from './people';

const TOKEN_LIMIT_MICROS = 150;
const PEOPLE = 50;
const PATH = '/v1/calls?limit=1';
const RATE = 100;
const ROUNDS = 3;
const ROUND_SECONDS = 5;
const WARM_UP_SECONDS = 3;
/** The logins of a round end after it, each within the time a sign-in may take. */
const LOGIN_TAIL_MS = 60_000;
const SLOWDOWN_LIMIT = 2;
/** Every thread libuv has: what there was before sign-ins took turns. */
const UNBOUND = '4';

type Situation = 'quiet' | 'signing in' | 'unbound quiet' | 'unbound signing in';
const SITUATIONS: readonly Situation[] = ['quiet', 'signing in', 'unbound quiet', 'unbound signing in'];

/** What checking tokens costs requests, and what sign-ins cost everybody else. */
export async function measureAuth(bench: Bench): Promise<PartResult> {
  const tokens = await measureTokens(bench);
  const logins = await measureLogins(bench);
  return { rows: [...tokens, logins.row], notes: [...NOTES, ...logins.notes] };
}

async function measureTokens(bench: Bench): Promise<Row[]> {
  const worker = bench.start('token check', 'auth/token-worker');
  const task: TokenTask = { seconds: 2 };
  const results: TokenResult[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const result = await worker.ask<TokenResult>(task, 120_000);
    say(
      `auth token: remembered ${result.remembered.toFixed(2)} µs, first sight ${micros(result.firstSight)}`,
    );
    results.push(result);
  }
  await bench.stop(worker);
  const row = (what: string, pick: (result: TokenResult) => number): Row => {
    const cost = median(results.map(pick));
    return {
      part: 'auth',
      what,
      ours: `${cost < 10 ? cost.toFixed(1) : Math.round(cost)} µs`,
      target: `≤ ${TOKEN_LIMIT_MICROS} µs`,
      met: cost <= TOKEN_LIMIT_MICROS,
      why: 'RS256 verification and claim checks of jose.',
    };
  };
  return [
    row('token check per request, processor time', ({ remembered }) => remembered),
    row('the same for a token seen for the first time', ({ firstSight }) => firstSight),
  ];
}

async function measureLogins(bench: Bench): Promise<{ row: Row; notes: string[] }> {
  const ours = await startStandalone(bench);
  const unbound = await startStandalone(bench, { HASHING_CONCURRENCY: UNBOUND });
  const emails = await insertPeople(bench.database, PEOPLE);
  const { accessToken } = await signIn(bench, ours.url);
  const reader = bench.start('load', 'harness/load-generator');
  const people = bench.start('sign-ins', 'auth/login-worker');
  const signedIn: number[] = [];
  const flood = async (url: string): Promise<LoginResult> => {
    const task: LoginTask = { url, emails, password: bench.demoPassword, seconds: ROUND_SECONDS };
    return people.ask<LoginResult>(task, ROUND_SECONDS * 1000 + LOGIN_TAIL_MS);
  };
  const read = async (url: string, seconds: number): Promise<number> => {
    const headers = { authorization: `Bearer ${accessToken}` };
    const task = { url: url + PATH, seconds, connections: 32, headers, rate: RATE };
    return (await applyLoad(reader, task)).p99;
  };
  const measure = async (situation: Situation): Promise<number> => {
    const { url }: RunningStandalone = situation.startsWith('unbound') ? unbound : ours;
    const busy = situation.endsWith('signing in');
    const logins = busy ? flood(url) : undefined;
    const p99 = await read(url, ROUND_SECONDS);
    const counted = await logins;
    if (counted && url === ours.url) signedIn.push(counted.signedIn);
    const told = counted ? `, ${counted.signedIn} signed in, ${counted.turnedAway} turned away` : '';
    say(`auth ${situation}: p99 ${milliseconds(p99)}${told}`);
    return p99;
  };
  for (const { url } of [ours, unbound]) await read(url, WARM_UP_SECONDS);
  const rounds = await takeTurns(SITUATIONS, ROUNDS, measure);
  await bench.stop(reader, people, ours.child, unbound.child);
  const ratio = rounds.ratio('signing in', 'quiet');
  const before = rounds.ratio('unbound signing in', 'unbound quiet');
  return {
    row: {
      part: 'auth',
      what: `p99 of GET ${PATH} at ${RATE}/s while ${PEOPLE} sign in, against nobody signing in`,
      ours: milliseconds(rounds.of('signing in')),
      theirs: milliseconds(rounds.of('quiet')),
      ratio,
      target: `≤ ${SLOWDOWN_LIMIT.toFixed(2)}×`,
      met: ratio <= SLOWDOWN_LIMIT,
      why: 'Hashing, PostgreSQL, both load generators and the platform share the cores.',
    },
    notes: [
      `Auth, sign-ins: standalone with BCRYPT_COST 12, ${PEOPLE} people who sign in at once and again as soon as they are in, ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s; ${median(signedIn)} got in per round. With passwords hashed on all four threads of libuv at once (HASHING_CONCURRENCY=4) the same p99 rises ${before.toFixed(2)}×.`,
    ],
  };
}

const NOTES = [
  'Auth, token check: the gateway’s verifier with its memory of ended sessions, up to the caller’s context; processor time of all threads of the process. A token is verified once and then remembered until it expires.',
];
