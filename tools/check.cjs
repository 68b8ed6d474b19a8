'use strict';
// npm run check: everything that needs no server. Steps run side by side; output appears when a step is done.
//   node tools/check.cjs [step…]
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { environment, findNode, root } = require('./node24.cjs');

const folders = ['apps', 'libs', 'test', 'bench', 'tools'].filter((name) =>
  fs.existsSync(path.join(root, name)),
);
const modules = 'node_modules';

/** Longest first, so that they overlap best. */
const STEPS = {
  unit: ['tools/test.cjs', 'unit'],
  lint: [`${modules}/eslint/bin/eslint.js`, '.', '--max-warnings', '0'],
  boundaries: [
    `${modules}/dependency-cruiser/bin/dependency-cruiser.mjs`,
    '--config',
    '.dependency-cruiser.cjs',
    ...folders,
  ],
  format: [`${modules}/prettier/bin/prettier.cjs`, '--check', '--log-level', 'warn', '.'],
  types: [`${modules}/ts7/bin/tsc`, '-p', 'tsconfig.json'],
  secrets: ['tools/secrets.cjs'],
  docs: ['dist/tools/api-docs.js', '--check'],
};

function runStep(name) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(findNode(), STEPS[name], {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const lastLine = output.trimEnd().split('\n').at(-1)?.trim() ?? '';
      process.stdout.write(
        code === 0
          ? `ok    ${name} (${seconds} s) ${lastLine}\n`
          : `\n${output}\nFAIL  ${name} (${seconds} s)\n\n`,
      );
      resolve(code === 0);
    });
  });
}

async function main(wanted) {
  const unknown = wanted.find((name) => !STEPS[name]);
  if (unknown) throw new Error(`unknown step ${unknown}: ${Object.keys(STEPS).join(', ')}`);
  const queue = wanted.length > 0 ? [...wanted] : Object.keys(STEPS);
  const failed = [];
  const worker = async () => {
    for (let name = queue.shift(); name; name = queue.shift()) if (!(await runStep(name))) failed.push(name);
  };
  await Promise.all(Array.from({ length: Math.max(2, Math.floor(os.availableParallelism() / 2)) }, worker));
  if (failed.length === 0) return;
  process.stdout.write(`check failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
