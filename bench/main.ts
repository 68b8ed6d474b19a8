import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireNode, useLogger } from '@parley/platform';
import { measureAuth } from './auth/auth';
import { measureChat } from './chat/chat';
import { measureFootprint } from './footprint/footprint';
import { Bench, say } from './harness/bench';
import { machineFacts } from './harness/machine';
import { ROOT } from './harness/platform';
import { type PartResult, toTable } from './harness/row';
import { toPage } from './harness/page';
import { measureIntake } from './intake/intake';
import { measureLedger } from './ledger/ledger';
import { measureReads } from './reads/reads';
import { measureRpc } from './rpc/rpc';

type Part = (bench: Bench) => Promise<PartResult>;

const PARTS: Readonly<Record<string, Part>> = {
  intake: measureIntake,
  reads: measureReads,
  ledger: measureLedger,
  rpc: measureRpc,
  chat: measureChat,
  auth: measureAuth,
  footprint: measureFootprint,
};

/** A run that takes longer hangs. */
const LIMIT_MS = 8 * 60_000;

async function main(args: readonly string[]): Promise<void> {
  requireNode();
  useLogger('error');
  const write = args.includes('--write');
  const named = args.filter((arg) => arg !== '--write');
  const unknown = named.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(`unknown part ${unknown}: ${Object.keys(PARTS).join(', ')} [--write]`);
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  if (!databaseUrl)
    throw new Error('DATABASE_URL is not set: use `npm run bench`, which provides the servers');
  setTimeout(() => {
    say(`bench: not done after ${LIMIT_MS / 60_000} minutes`);
    process.exit(1);
  }, LIMIT_MS).unref();

  const bench = await Bench.open({ databaseUrl, redisUrl });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void bench.close().finally(() => process.exit(130)));
  }
  const results: PartResult[] = [];
  try {
    const facts = await machineFacts(bench.database);
    for (const [name, measure] of Object.entries(PARTS)) {
      if (named.length === 0 || named.includes(name)) results.push(await measure(bench));
    }
    const rows = results.flatMap((result) => result.rows);
    const notes = results.flatMap((result) => result.notes);
    process.stdout.write(`\n${toTable(rows)}\n\n${facts.join('\n')}\n`);
    if (write) writeFileSync(join(ROOT, 'docs/bench.md'), toPage(rows, notes, facts, named));
  } finally {
    await bench.close();
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    say(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
