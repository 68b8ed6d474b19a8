'use strict';
// Looks for real-looking secrets in every file git would carry.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

const KINDS = {
  'live Stripe key': /\b(sk|rk)_live_[0-9A-Za-z]/,
  'Stripe test key': /\b(sk|rk)_test_[0-9A-Za-z]{16}/,
  'webhook secret': /\bwhsec_[0-9A-Za-z+/]{16}/,
  'AWS access key': /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  'private key': /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----\s*\\?n?\s*[0-9A-Za-z+/]{16}/,
  'Anthropic or OpenAI key': /\bsk-(ant-|proj-)?[0-9A-Za-z_-]{32}/,
  'Twilio token': /\bSK[0-9a-f]{32}\b/,
  'GitHub token': /\bgh[pousr]_[0-9A-Za-z]{36}\b/,
};
const SKIPPED = /(^|\/)(package-lock\.json|node_modules|dist|\.data)(\/|$)/;
const MAX_BYTES = 2_000_000;

/** Tracked files and those that would be with the next `git add`; without git, the whole tree. */
function candidates() {
  try {
    const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], options)
      .split('\0')
      .filter(Boolean);
  } catch {
    return [...walk('.')];
  }
}

function* walk(folder) {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.git' && !SKIPPED.test(file)) yield* walk(file);
    else if (entry.isFile()) yield file;
  }
}

function findingsIn(file) {
  const stat = fs.statSync(path.join(root, file), { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MAX_BYTES) return [];
  const text = fs.readFileSync(path.join(root, file), 'latin1');
  return Object.entries(KINDS).flatMap(([kind, pattern]) => {
    const match = pattern.exec(text);
    return match ? [`${file}:${text.slice(0, match.index).split('\n').length}: looks like a ${kind}`] : [];
  });
}

const files = candidates().filter((file) => !SKIPPED.test(file));
const findings = files.flatMap(findingsIn);
process.stdout.write(
  findings.length > 0 ? `${findings.join('\n')}\n` : `no secret in ${files.length} files\n`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
