import { type Bench, say } from '../harness/bench';
import type { Child } from '../harness/child';
import { CpuMeter } from '../harness/cpu';
import { billingEnvironment } from '../harness/platform';
import { milliseconds, type PartResult, perSecond, type Row } from '../harness/row';
import { takeTurns } from '../harness/statistics';
import { fillLedger } from './big-ledger';
import type { LedgerTask, PostingResult, ReadResult } from './ledger-task';

const ROUNDS = 5;
const ROUND_SECONDS = 2;
const CONCURRENCY = 16;
const HOT = 1;
/** Events, as postings come in production, and operations each in a transaction of its own. */
const DOORS = ['events', 'operation'] as const;
const MANY = 1_000;
/** Entries in the ledger while balances are read; LEDGER_ENTRIES says otherwise. */
const ENTRIES = Number(process.env['LEDGER_ENTRIES'] ?? 10_000_000);

const CONTESTANTS = [...DOORS, 'bare'] as const;
type Contestant = (typeof CONTESTANTS)[number];

/** Postings a second, and what one costs in microseconds of a processor. */
interface Measured {
  readonly rate: number;
  readonly process: number;
  readonly postgres: number;
}

/** Postings through the one door of use, against an INSERT and an UPDATE in a transaction. */
export async function measureLedger(bench: Bench): Promise<PartResult> {
  const env = billingEnvironment(bench);
  const ours = bench.start('billing postings', 'ledger/ledger-worker', env);
  const bare = bench.start('bare INSERT + UPDATE', 'ledger/bare-worker', {
    DATABASE_URL: bench.database.ownerUrl,
  });
  for (const worker of [ours, bare]) await tell(worker, { verb: 'open', tenants: MANY });

  await bench.database.query('ANALYZE');

  const rows: Row[] = [];
  const meter = await CpuMeter.open(bench.database);
  const costs: string[] = [];
  for (const tenants of [HOT, MANY]) {
    const measure = async (who: Contestant, seconds = ROUND_SECONDS): Promise<Measured> => {
      const worker = who === 'bare' ? bare : ours;
      const door = who === 'bare' ? 'events' : who;
      const task: LedgerTask = { verb: 'post', door, tenants, concurrency: CONCURRENCY, seconds };
      const { result, servers, postgres } = await meter.during([worker.pid], () =>
        ask<PostingResult>(worker, task, seconds),
      );
      const postings = result.perSecond * seconds;
      say(`ledger ${who}, ${tenants} tenants: ${perSecond(result.perSecond)}`);
      return { rate: result.perSecond, process: servers / postings, postgres: postgres / postings };
    };
    for (const who of CONTESTANTS) await measure(who, 1);
    const spent = new Map<Contestant, Measured>();
    const rounds = await takeTurns<Contestant>([...CONTESTANTS], ROUNDS, async (who) => {
      const measured = await measure(who);
      spent.set(who, measured);
      return measured.rate;
    });
    for (const door of DOORS)
      rows.push(postingRow(tenants, door, rounds.of(door), rounds.of('bare'), rounds.ratio(door, 'bare')));
    costs.push(`${labelOf(tenants)} ${CONTESTANTS.map((who) => costOf(who, spent.get(who))).join(', ')}`);
  }

  const tenantId = await fillLedger(bench.database, ENTRIES);
  const task: LedgerTask = { verb: 'read', tenantId, concurrency: CONCURRENCY, seconds: 4 };
  const { p50, p99 } = await ask<ReadResult>(ours, task, 4);
  rows.push({
    part: 'ledger',
    what: `balance at ${ENTRIES.toLocaleString('en')} entries, ${CONCURRENCY} at a time`,
    ours: `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`,
    target: 'p99 ≤ 20 ms',
    met: p99 <= 20,
    why: 'A balance is read from the wallet, not summed.',
  });
  await bench.stop(ours, bare);
  return {
    rows,
    notes: [
      `Ledger: a posting is a minute of a call: lock, load, decide, then a transaction with two entries, wallet, grant, burn, period, usage record, the outbox event and its relay, under row-level security and the database's check that entries sum to zero. Events are call.ended through the in-process transport, each with its inbox row; those that wait share a transaction. Operations are Usage.record in a transaction each. Every tenant has been posted to before, for the first use of a month opens its period. Bare is one row INSERTed and one balance UPDATEd in a transaction, on tables of their own without row-level security. All are one process with 10 connections and ${CONCURRENCY} postings at a time; ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s. Processor time per posting: ${costs.join('; ')}. Balances are billing.credits.get through the in-process transport while the ledger holds ${ENTRIES.toLocaleString('en')} entries.`,
    ],
  };
}

const labelOf = (tenants: number): string =>
  tenants === HOT ? 'one hot tenant' : `${tenants.toLocaleString('en')} tenants`;

function costOf(who: Contestant, spent?: Measured): string {
  if (!spent) return `${who} unknown`;
  return `${who} ${Math.round(spent.process)} µs in the process and ${Math.round(spent.postgres)} µs in PostgreSQL`;
}

function postingRow(
  tenants: number,
  door: (typeof DOORS)[number],
  ours: number,
  theirs: number,
  ratio: number,
): Row {
  const hot = tenants === HOT;
  const row = {
    part: 'ledger',
    what: `postings by ${door}, ${labelOf(tenants)}, against bare INSERT + UPDATE`,
    ours: perSecond(ours),
    theirs: perSecond(theirs),
    ratio,
  };
  if (door === 'operation') return row;
  return {
    ...row,
    target: hot ? '≥ 500/s' : '≥ 0.50×',
    met: hot ? ours >= 500 : ratio >= 0.5,
    why: 'A posting writes eleven rows where the bare one writes two, and checks that they sum to zero.',
  };
}

const tell = (worker: Child, task: LedgerTask): Promise<undefined> => worker.ask<undefined>(task, 60_000);

function ask<Result>(worker: Child, task: LedgerTask, seconds: number): Promise<Result> {
  return worker.ask<Result>(task, seconds * 1000 + 60_000);
}
