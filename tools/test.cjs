'use strict';
// npm test and its parts: servers up, jest size by size, and one line of sums at the end.
//   node tools/test.cjs [all|unit|integration|e2e|coverage] [jest arguments…]
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { environment, root } = require('./node24.cjs');

/** Jest projects of each verb, in the order they run; each list is one run of jest. */
const RUNS = {
  all: [['unit'], ['integration'], ['e2e'], ['serial']],
  unit: [['unit']],
  integration: [['integration'], ['serial']],
  e2e: [['e2e'], ['serial']],
  coverage: [['unit', 'integration', 'e2e', 'serial']],
};

let running;
let interrupted = false;

function jest(projects, args, env) {
  const report = path.join(os.tmpdir(), `parley-jest-${process.pid}-${projects.join('-')}.json`);
  const alone = projects.includes('serial') ? ['--runInBand'] : [];
  const options = [
    '--json',
    `--outputFile=${report}`,
    '--passWithNoTests',
    ...alone,
    '--selectProjects',
    ...projects,
  ];
  return new Promise((resolve, reject) => {
    running = spawn(
      process.execPath,
      [path.join(root, 'node_modules/jest/bin/jest.js'), ...args, ...options],
      {
        cwd: root,
        env,
        stdio: ['inherit', 'ignore', 'inherit'],
      },
    );
    running.once('error', reject);
    running.once('exit', (code) => resolve({ code, ...counts(report, code) }));
  });
}

/** A file that could not run counts as a failure; so does jest ending badly without naming one. */
function counts(report, code) {
  if (!fs.existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(fs.readFileSync(report, 'utf8'));
  fs.rmSync(report);
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

async function runAll(suite, args, env) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const projects of RUNS[suite]) {
    if (interrupted) break;
    const coverage = suite === 'coverage' ? ['--coverage'] : [];
    const part = await jest(projects, [...args, ...coverage], env);
    for (const name of Object.keys(sum)) sum[name] += part[name];
  }
  return sum;
}

async function main([suite = 'all', ...args]) {
  if (!RUNS[suite]) throw new Error(`unknown size ${suite}: ${Object.keys(RUNS).join(', ')}`);
  const lease = suite === 'unit' ? undefined : await require('../dist/tools/services').acquire('test');
  let sum;
  try {
    sum = await runAll(suite, args, environment({ NODE_ENV: 'test', ...lease?.env }));
  } finally {
    await lease?.release();
  }
  const { passed, failed, skipped } = sum;
  if (skipped > 0) process.stdout.write(`${skipped} skipped: a test switched off is a failure here\n`);
  if (passed + failed === 0) process.stdout.write('no test ran\n');
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = passed > 0 && failed === 0 && skipped === 0 && !interrupted ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
});
