'use strict';
// Which Node runs the platform. Plain Node 20, built-in modules only: this runs before anything is installed.
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

const isNewEnough = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 15);
};

/** The pinned Node 24 from npm, else this one if it is new enough. */
function findNode() {
  const pinned = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (fs.existsSync(pinned)) return pinned;
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw new Error(
    `Parley needs Node 24.15 or newer. This is ${process.version}, and npm offers no pinned Node for ` +
      `${process.platform}-${process.arch}: install Node 24 yourself and repeat the command.`,
  );
}

/** This environment with the right Node and the workspace's programs first on PATH. */
function environment(extra = {}) {
  const first = [path.dirname(findNode()), path.join(root, 'node_modules', '.bin')];
  return { ...process.env, PATH: [...first, process.env.PATH].join(path.delimiter), ...extra };
}

module.exports = { root, findNode, environment };
