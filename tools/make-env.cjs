#!/usr/bin/env node
/**
 * Writes .env for docker compose from .env.example, with fresh random secrets.
 * usage: node tools/make-env.cjs [--force] [--dir <folder with .env.example>]
 */
const { randomBytes } = require('node:crypto');
const { readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { parseArgs } = require('node:util');

/** Passwords end up inside URLs, so they are hexadecimal. */
const secretFor = (name) => {
  if (/_(PASSWORD|TOKEN|SECRET)$/.test(name)) return randomBytes(24).toString('hex');
  if (/_(ENCRYPTION|EXCHANGE)_KEY$/.test(name)) return randomBytes(32).toString('base64');
  return '';
};

const { values } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    dir: { type: 'string', default: join(__dirname, '..') },
  },
});
const dir = resolve(values.dir);
const target = join(dir, '.env');
const content = readFileSync(join(dir, '.env.example'), 'utf8').replace(
  /^([A-Z][A-Z0-9_]*)=$/gm,
  (_, name) => `${name}=${secretFor(name)}`,
);

try {
  writeFileSync(target, content, { mode: 0o600, flag: values.force ? 'w' : 'wx' });
  console.log(`Wrote ${target} with fresh secrets. Next: docker compose up --build`);
} catch (error) {
  if (error.code !== 'EEXIST') throw error;
  console.error(
    `${target} exists: kept. New secrets would lock you out of the existing volumes; --force overwrites.`,
  );
  process.exitCode = 1;
}
