import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

describe('tools/make-env.cjs', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'parley-env-'));
    copyFileSync(join(root, '.env.example'), join(dir, '.env.example'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const makeEnv = (...options: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [join(root, 'tools', 'make-env.cjs'), '--dir', dir, ...options], {
      encoding: 'utf8',
    });
  const written = (): Map<string, string> =>
    new Map(
      [...readFileSync(join(dir, '.env'), 'utf8').matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );

  it('fills every secret with a different random value', () => {
    expect(makeEnv().status).toBe(0);

    const values = written();
    const passwords = [...values]
      .filter(([name]) => /_(PASSWORD|TOKEN|SECRET)$/.test(name))
      .map(([, value]) => value);
    const keys = [...values]
      .filter(([name]) => /_(ENCRYPTION|EXCHANGE)_KEY$/.test(name))
      .map(([, value]) => value);
    expect([...values.values()]).not.toContain('');
    expect(passwords.every((value) => /^[0-9a-f]{48}$/.test(value))).toBe(true);
    expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([32, 32, 32, 32, 32]);
    expect(new Set([...passwords, ...keys]).size).toBe(passwords.length + keys.length);
    expect(values.get('LOG_LEVEL')).toBe('info');
  });

  it('lets only its owner read the file', () => {
    makeEnv();

    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
  });

  it('keeps an existing file unless forced', () => {
    makeEnv();
    const first = readFileSync(join(dir, '.env'), 'utf8');

    const refused = makeEnv();

    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('--force');
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe(first);
    expect(makeEnv('--force').status).toBe(0);
    expect(readFileSync(join(dir, '.env'), 'utf8')).not.toBe(first);
  });
});
