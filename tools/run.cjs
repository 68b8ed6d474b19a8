'use strict';
// The door of every npm script: finds Node 24, installs and builds what is missing, then runs the verb.
// Runs on any Node from 20 with nothing installed.
const { inForeground } = require('./foreground.cjs');
const { install } = require('./install.cjs');
const { environment, findNode } = require('./node24.cjs');

const services = 'dist/tools/services/cli.js';
const database = 'dist/apps/standalone/src/db.js';

/** Verbs of the built platform; arguments of the command line are appended. */
const built = {
  build: [],
  start: ['dist/apps/standalone/src/main.js'],
  demo: ['dist/apps/standalone/src/demo.js'],
  'start:distributed': [services, 'with', 'local', '--', 'node', 'dist/apps/standalone/src/distributed.js'],
  'audit:verify': ['dist/apps/standalone/src/audit-verify.js'],
  'keys:rotate': ['dist/apps/standalone/src/keys-rotate.js'],
  attack: [services, 'with', 'test', '--', 'node', 'dist/test/attack/main.js'],
  bench: [services, 'with', 'bench', '--', 'node', 'dist/bench/main.js'],
  services: [services],
  db: [database],
  test: ['tools/test.cjs'],
  check: ['tools/check.cjs'],
  'docs:api': ['dist/tools/api-docs.js'],
};

/** Verbs that read sources. */
const plain = {
  lint: ['node_modules/eslint/bin/eslint.js', '.'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'],
  typecheck: ['node_modules/ts7/bin/tsc', '-p'],
};

async function main([verb, ...args]) {
  const command = built[verb] ?? plain[verb];
  if (!command) throw new Error(`unknown verb ${verb}: ${Object.keys({ ...built, ...plain }).join(', ')}`);
  await install();
  const options = { env: environment() };
  const steps = [
    ...(verb in built ? [['tools/build.cjs']] : []),
    ...(command.length > 0 ? [['--enable-source-maps', ...command, ...args]] : []),
  ];
  for (const argv of steps) {
    process.exitCode = await inForeground(findNode(), argv, options);
    if (process.exitCode !== 0) return;
  }
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
