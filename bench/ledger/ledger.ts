import { type Bench, say } from '../harness/bench';
import type { Child } from '../harness/child';
import { billingEnvironment } from '../harness/platform';
import { milliseconds, type PartResult, perSecond, type Row } from '../harness/row';
import { takeTurns } from '../harness/statistics';
import { fillLedger } from './big-ledger';
import type { LedgerTask, PostingResult, ReadResult } from './ledger-task';

const ROUNDS = 5;
const ROUND_SECONDS = 2;
const CONCURRENCY = 16;
const HOT = 1;
const MANY = 1_000;
/** Entries in the ledger while balances are read; LEDGER_ENTRIES says otherwise. */
const ENTRIES = Number(process.env['LEDGER_ENTRIES'] ?? 10_000_000);

type Contestant = 'ours' | 'bare';

/** Postings through the one door of use, against an INSERT and an UPDATE in a transaction. */
export async function measureLedger(bench: Bench): Promise<PartResult> {
  const env = billingEnvironment(bench);
  const ours = bench.start('billing postings', 'ledger/ledger-worker', env);
  const bare = bench.start('bare INSERT + UPDATE', 'ledger/bare-worker', {
    DATABASE_URL: bench.database.ownerUrl,
  });
  const workers: Record<Contestant, Child> = { ours, bare };
  for (const worker of [ours, bare]) await tell(worker, { verb: 'open', tenants: MANY });

  const rows: Row[] = [];
  for (const tenants of [HOT, MANY]) {
    const measure = async (who: Contestant, seconds = ROUND_SECONDS): Promise<number> => {
      const task: LedgerTask = { verb: 'post', tenants, concurrency: CONCURRENCY, seconds };
      const { perSecond: rate } = await ask<PostingResult>(workers[who], task, seconds);
      say(`ledger ${who}, ${tenants} tenants: ${perSecond(rate)}`);
      return rate;
    };
    for (const who of ['ours', 'bare'] as const) await measure(who, 1);
    const rounds = await takeTurns<Contestant>(['ours', 'bare'], ROUNDS, (who) => measure(who));
    rows.push(postingRow(tenants, rounds.of('ours'), rounds.of('bare'), rounds.ratio('ours', 'bare')));
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
      `Ledger: a posting is a minute of a call through \`Usage.record\`: lock, load, decide, transaction with two entries, wallet, grant, burn, period, usage record and the outbox event, under row-level security and the deferred check that entries sum to zero. Bare is one row INSERTed and one balance UPDATEd in a transaction, on tables of their own without row-level security. Both are one process with 10 connections and ${CONCURRENCY} postings at a time; ${ROUNDS} interleaved rounds of ${ROUND_SECONDS} s. Balances are \`billing.credits.get\` through the in-process transport while the ledger holds ${ENTRIES.toLocaleString('en')} entries.`,
    ],
  };
}

function postingRow(tenants: number, ours: number, theirs: number, ratio: number): Row {
  const hot = tenants === HOT;
  return {
    part: 'ledger',
    what: `postings, ${hot ? 'one hot tenant' : `${tenants.toLocaleString('en')} tenants`}, against bare INSERT + UPDATE`,
    ours: perSecond(ours),
    theirs: perSecond(theirs),
    ratio,
    target: hot ? '≥ 500/s' : '≥ 0.50×',
    met: hot ? ours >= 500 : ratio >= 0.5,
    why: 'A posting writes ten rows where the bare one writes two, and checks that they sum to zero.',
  };
}

const tell = (worker: Child, task: LedgerTask): Promise<undefined> => worker.ask<undefined>(task, 60_000);

function ask<Result>(worker: Child, task: LedgerTask, seconds: number): Promise<Result> {
  return worker.ask<Result>(task, seconds * 1000 + 60_000);
}
