'use strict';
// Compiles every TypeScript source to dist/, only what changed since the last time, each file written whole.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const swc = require('@swc/core');

const root = path.resolve(__dirname, '..');
const FOLDERS = ['apps', 'libs', 'test', 'bench', 'tools'];
const dist = path.join(root, 'dist');
const stampFile = path.join(dist, '.build.json');

const isTest = (file) => /\.(spec|int-spec|e2e-spec)\.ts$/.test(file);
const isCompiled = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts');
/** Files a program reads beside its code. Everything else (README, project.json, .cjs tools) stays out. */
const isAsset = (file) => /^(apps|libs|bench)\/.+\/(assets|fixtures|public|templates|sql)\//.test(file);
const outputOf = (file) => (isCompiled(file) ? file.replace(/\.ts$/, '.js') : file);

function* filesIn(folder) {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* filesIn(file);
    else if (entry.isFile() && !isTest(file) && (isCompiled(file) || isAsset(file))) yield file;
  }
}

function settingsPrint() {
  const hash = crypto.createHash('sha256').update(swc.version);
  for (const file of ['.swcrc', 'tools/build.cjs']) hash.update(fs.readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

function lastBuild(settings) {
  try {
    const stamp = JSON.parse(fs.readFileSync(stampFile, 'utf8'));
    return stamp.settings === settings ? stamp.files : {};
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** A reader never sees half a file. */
function write(file, content) {
  const target = path.join(dist, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(`${target}.${process.pid}`, content);
  fs.renameSync(`${target}.${process.pid}`, target);
}

async function compile(file) {
  if (!isCompiled(file)) return write(file, fs.readFileSync(path.join(root, file)));
  const output = outputOf(file);
  const { code, map } = await swc.transformFile(path.join(root, file), {
    cwd: root,
    root,
    swcrc: true,
    sourceFileName: path.relative(path.dirname(path.join(dist, output)), path.join(root, file)),
  });
  write(`${output}.map`, map);
  return write(output, `${code}\n//# sourceMappingURL=${path.basename(output)}.map\n`);
}

/** Compiled files whose source is gone would still be found by whoever lists a folder. */
function removeOrphans(before, now) {
  for (const file of Object.keys(before).filter((known) => !(known in now))) {
    for (const output of [outputOf(file), `${outputOf(file)}.map`])
      fs.rmSync(path.join(dist, output), { force: true });
  }
}

/** One build at a time: two at once would each take the other's half for the whole. */
async function alone(work) {
  const lock = path.join(root, 'node_modules', '.parley-build.lock');
  while (!take(lock)) await new Promise((resolve) => setTimeout(resolve, 50));
  try {
    await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isRunning(Number(fs.readFileSync(lock, 'utf8')))) fs.rmSync(lock, { force: true });
    return false;
  }
}

function isRunning(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function build() {
  const settings = settingsPrint();
  const before = lastBuild(settings);
  if (Object.keys(before).length === 0) fs.rmSync(dist, { recursive: true, force: true });
  const now = {};
  for (const folder of FOLDERS.filter((name) => fs.existsSync(path.join(root, name)))) {
    for (const file of filesIn(folder)) {
      const { mtimeMs, size } = fs.statSync(path.join(root, file));
      now[file] = `${mtimeMs}:${size}`;
    }
  }
  const changed = Object.keys(now).filter(
    (file) => before[file] !== now[file] || !fs.existsSync(path.join(dist, outputOf(file))),
  );
  const results = await Promise.allSettled(changed.map(compile));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  removeOrphans(before, now);
  if (changed.length > 0 || Object.keys(before).length !== Object.keys(now).length) {
    write('.build.json', JSON.stringify({ settings, files: now }));
    process.stderr.write(`Built ${changed.length} of ${Object.keys(now).length} files\n`);
  }
}

alone(build).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
