'use strict';
// Installs dependencies when what lies in node_modules is not what package-lock.json asks for.
const fs = require('node:fs');
const path = require('node:path');
const { inForeground } = require('./foreground.cjs');
const { root } = require('./node24.cjs');

const packagesOf = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;

/** npm records what it installed in a lockfile of its own, written last: an interrupted install has none. */
function isInstalled() {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!fs.existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(
    ([place, wanted]) =>
      place === '' || (installed[place] ? installed[place].version === wanted.version : isOptional(wanted)),
  );
}

const isOptional = (wanted) => Boolean(wanted.optional || wanted.devOptional);

async function install() {
  if (isInstalled()) return;
  process.stderr.write('Installing dependencies (npm ci) …\n');
  const npm = process.env.npm_execpath;
  const options = ['ci', '--loglevel=error'];
  const [command, args] = npm ? [process.execPath, [npm, ...options]] : ['npm', options];
  const code = await inForeground(command, args, { stdio: ['ignore', 2, 2] });
  if (code !== 0) throw new Error(`npm ci ended with code ${code}`);
}

module.exports = { install };
