'use strict';
// Dependencies that ship only ES modules, as CommonJS for jest. The nearest package.json decides which they are.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const swc = require('@swc/core');

const typeOfFolder = new Map();

function isModuleFolder(folder) {
  if (typeOfFolder.has(folder)) return typeOfFolder.get(folder);
  const manifest = path.join(folder, 'package.json');
  const parent = path.dirname(folder);
  const answer = fs.existsSync(manifest)
    ? JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module'
    : folder !== parent && isModuleFolder(parent);
  typeOfFolder.set(folder, answer);
  return answer;
}

const isModule = (file) =>
  file.endsWith('.mjs') || (file.endsWith('.js') && isModuleFolder(path.dirname(file)));

module.exports = {
  canInstrument: false,
  getCacheKey: (source, file) =>
    crypto.createHash('sha1').update(source).update(file).update(`${swc.version} 1`).digest('hex'),
  process(source, file) {
    if (!isModule(file)) return { code: source };
    return swc.transformSync(source, {
      filename: file,
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'commonjs' },
      jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
    });
  },
};
