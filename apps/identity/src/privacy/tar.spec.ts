import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tarEnd, tarHeader, tarPadding } from './tar';

const AT = new Date('2026-11-20T10:00:00Z');

const archive = (files: Record<string, Buffer>): Buffer =>
  Buffer.concat([
    ...Object.entries(files).flatMap(([name, body]) => [
      tarHeader(name, body.length, AT),
      body,
      tarPadding(body.length),
    ]),
    tarEnd(),
  ]);

describe('a tar archive', () => {
  it('unpacks with tar, whatever the sizes of its files', () => {
    const files = {
      'manifest.json': Buffer.from('{"é":1}'),
      'billing/0-wallets-0.ndjson': Buffer.alloc(512, 'x'),
      'identity/empty': Buffer.alloc(0),
      'identity/big': Buffer.alloc(100_001, 'y'),
    };
    const folder = mkdtempSync(join(tmpdir(), 'parley-tar-'));
    try {
      writeFileSync(join(folder, 'a.tar'), archive(files));
      execFileSync('tar', ['xf', 'a.tar'], { cwd: folder, timeout: 10_000 });
      for (const [name, body] of Object.entries(files))
        expect(readFileSync(join(folder, name))).toEqual(body);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('consists of whole blocks', () => {
    expect(archive({ a: Buffer.alloc(1) }).length % 512).toBe(0);
    expect(tarPadding(512)).toHaveLength(0);
  });

  it('refuses what a header cannot hold', () => {
    expect(() => tarHeader('x'.repeat(101), 1, AT)).toThrow('too long');
    expect(() => tarHeader('x', 8 ** 11, AT)).toThrow('too large');
  });
});
