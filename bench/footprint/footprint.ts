import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@parley/contracts';
import { type Bench, say } from '../harness/bench';
import { residentMegabytes } from '../harness/child';
import { ROOT, startServiceProcess, startStandalone } from '../harness/platform';
import { megabytes, type PartResult, type Row, seconds } from '../harness/row';

const SETTLE_MS = 6_000;
const START_TIMEOUT_MS = 90_000;

/** How long it takes to start, and what the processes hold when they have nothing to do. */
export async function measureFootprint(bench: Bench): Promise<PartResult> {
  return {
    rows: [
      ...(await measureStarts(bench)),
      await measureStandalone(bench),
      ...(await measureServices(bench)),
    ],
    notes: [
      `Footprint: \`npm start\` includes the look whether anything must be installed or built (nothing must), embedded PostgreSQL, migrations, sandbox and demo data; cold is the first start on an empty data folder, warm the second. Memory is resident (RSS) ${SETTLE_MS / 1000} s after the start, without load; about 57 MB of each process are pages of Node's own file, which processes share. A service's start is until its readiness answers.`,
    ],
  };
}

async function measureStarts(bench: Bench): Promise<Row[]> {
  const ports = {
    PORT: String(await bench.port()),
    TELEPHONY_PORT: String(await bench.port()),
    SANDBOX_PORT: String(await bench.port()),
  };
  const env = { ...ports, DATA_DIR: join(bench.folder, 'npm-start'), HOME: process.env['HOME'] };
  const start = async (): Promise<number> => {
    const child = bench.start('npm start', join(ROOT, 'tools/run.cjs'), env, ['start']);
    const readyAfterMs = await child.until((output) => output.includes('Parley is ready'), START_TIMEOUT_MS);
    await bench.stop(child);
    return readyAfterMs;
  };
  const cold = await start();
  const warm = await start();
  say(`footprint npm start: cold ${seconds(cold)}, warm ${seconds(warm)}`);
  return [
    { part: 'footprint', what: 'npm start, empty data folder, until ready', ours: seconds(cold) },
    {
      part: 'footprint',
      what: 'npm start, second time, until ready',
      ours: seconds(warm),
      target: '≤ 10 s',
      met: warm <= 10_000,
    },
  ];
}

async function measureStandalone(bench: Bench): Promise<Row> {
  const { child } = await startStandalone(bench);
  await settle();
  const resident = residentMegabytes(child.pid);
  await bench.stop(child);
  say(`footprint standalone: ${megabytes(resident)}`);
  return {
    part: 'footprint',
    what: 'memory, standalone without PostgreSQL',
    ours: megabytes(resident),
    target: '≤ 350 MB',
    met: resident <= 350,
  };
}

const WHY_MORE: Partial<Record<ServiceName, string>> = {
  gateway: 'It alone carries the description of the API with its reference page, and Socket.IO.',
};

async function measureServices(bench: Bench): Promise<Row[]> {
  const running = [];
  // One after the other: together they would share the cores while their start is timed.
  for (const name of SERVICES) running.push(await startServiceProcess(bench, name));
  await settle();
  const rows = running.map(({ name, child, readyAfterMs }): Row => {
    const resident = residentMegabytes(child.pid);
    say(`footprint ${name}: ${megabytes(resident)}, ready after ${seconds(readyAfterMs)}`);
    return {
      part: 'footprint',
      what: `memory, ${name} (ready after ${seconds(readyAfterMs)})`,
      ours: megabytes(resident),
      target: '≤ 130 MB',
      met: resident <= 130,
      why: WHY_MORE[name] ?? 'About 57 MB of it are pages of Node itself.',
    };
  });
  await bench.stop(...running.map(({ child }) => child));
  return rows;
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
