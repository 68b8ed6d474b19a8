'use strict';
// One program at a time in the foreground: its output is ours, our signals are its signals.
const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { root } = require('./node24.cjs');

/** Resolves with the exit code; a program ended by a signal counts as 128 + its number, as in a shell. */
function inForeground(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  const pass = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to the child as well: passing it on would be a second one, which means "at once".
  const interrupt = () => process.stdin.isTTY || child.kill('SIGINT');
  process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', interrupt);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  }).finally(() => process.off('SIGTERM', pass).off('SIGHUP', pass).off('SIGINT', interrupt));
}

module.exports = { inForeground };
