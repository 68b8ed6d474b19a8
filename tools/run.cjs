'use strict';
// The door of every npm script: finds Node 24, installs and builds what is missing, then runs the verb.
// Runs on any Node from 20 with nothing installed.
const { spawn, spawnSync } = require('node:child_process');
const { constants } = require('node:os');
const { install } = require('./install.cjs');
const { environment, findNode, root } = require('./node24.cjs');

const services = 'dist/tools/services/cli.js';
const database = 'dist/apps/standalone/src/db.js';

/** Verbs of the built platform; arguments of the command line are appended. */
const built = {
  build: [],
  start: ['dist/apps/standalone/src/main.js'],
  demo: ['dist/apps/standalone/src/demo.js'],
  'start:distributed': [services, 'with', 'local', '--', 'node', 'dist/apps/standalone/src/distributed.js'],
  bench: [services, 'with', 'bench', '--', 'node', 'dist/bench/main.js'],
  services: [services],
  db: [database],
  test: ['tools/test.cjs'],
};

/** Verbs that read sources. */
const plain = {
  check: ['tools/check.cjs'],
  lint: ['node_modules/eslint/bin/eslint.js', '.'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'],
  typecheck: ['node_modules/ts7/bin/tsc', '-p'],
};

function main([verb, ...args]) {
  const command = built[verb] ?? plain[verb];
  if (!command) throw new Error(`unknown verb ${verb}: ${Object.keys({ ...built, ...plain }).join(', ')}`);
  install();
  const env = environment();
  if (verb in built) {
    const { status } = spawnSync(findNode(), ['tools/build.cjs'], { cwd: root, env, stdio: 'inherit' });
    if (status !== 0) return process.exit(status ?? 1);
  }
  if (command.length > 0) runInForeground([...command, ...args], env);
}

/** A terminal sends Ctrl-C to the child as well: passing it on would be a second one, which means "at once". */
function runInForeground(argv, env) {
  const child = spawn(findNode(), ['--enable-source-maps', ...argv], { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
