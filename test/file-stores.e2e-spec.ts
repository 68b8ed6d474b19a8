import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FileNotFound, type FileStore, openFileStore } from '@parley/files';
import { SignatureV4 } from '@smithy/signature-v4';
import { type RunningSandbox, startSandbox } from '../apps/sandbox/src';

const DEFAULTS = { FILES_DIR: '.data/files', FILES_S3_REGION: 'ca-central-1', FILES_S3_TIMEOUT_MS: 5_000 };

describe('file stores', () => {
  let sandbox: RunningSandbox;
  let folder: string;
  const accessKeyId = randomBytes(8).toString('hex');
  const secretAccessKey = randomBytes(16).toString('hex');
  const stores = new Map<string, FileStore>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-files-'));
    sandbox = await startSandbox({
      port: 0,
      twilioAuthToken: randomBytes(16).toString('hex'),
      vapiSecret: randomBytes(16).toString('hex'),
    });
    stores.set('local', openFileStore({ ...DEFAULTS, FILES_DIR: folder }));
    stores.set('S3', openFileStore({ ...DEFAULTS, ...s3Settings() }));
  });
  afterAll(async () => {
    for (const store of stores.values()) await store.close();
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const s3Settings = () => ({
    FILES_S3_BUCKET: 'parley',
    FILES_S3_ENDPOINT: `${sandbox.url}/s3`,
    FILES_S3_PUBLIC_ENDPOINT: `${sandbox.url}/s3`,
    FILES_S3_ACCESS_KEY_ID: accessKeyId,
    FILES_S3_SECRET_ACCESS_KEY: secretAccessKey,
  });

  describe.each(['local', 'S3'])('the %s one', (kind) => {
    const store = (): FileStore => stores.get(kind) as FileStore;
    const read = async (key: string): Promise<Buffer> => buffer(await store().get(key));

    it('gives back what was put, buffers and streams, and replaces', async () => {
      const bytes = randomBytes(300_000);
      await store().put('a/one.bin', Buffer.from('first'), 'text/plain');
      await store().put('a/one.bin', bytes, 'application/octet-stream');
      await store().put('a/two.bin', { stream: Readable.from([bytes]), size: bytes.length }, 'text/plain');
      const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
      expect([digest(await read('a/one.bin')), digest(await read('a/two.bin'))]).toEqual([
        digest(bytes),
        digest(bytes),
      ]);
    });

    it('forgets one file, and a folder with all below it and nothing beside it', async () => {
      for (const key of ['f/a', 'f/deep/b', 'f/deep/c', 'fine'])
        await store().put(key, Buffer.from(key), 'text/plain');
      await store().delete('f/a');
      await store().delete('f/a');
      await expect(store().get('f/a')).rejects.toThrow(FileNotFound);
      expect(await store().deletePrefix('f')).toBe(2);
      expect(await store().deletePrefix('f')).toBe(0);
      await expect(store().get('f/deep/b')).rejects.toThrow(FileNotFound);
      expect((await read('fine')).toString()).toBe('fine');
    });

    it('refuses keys that lead out of it', async () => {
      await expect(store().put('../out', Buffer.from('x'), 'text/plain')).rejects.toThrow('Not a key');
      await expect(store().get('a/../../out')).rejects.toThrow('Not a key');
      await expect(store().deletePrefix('..')).rejects.toThrow('Not a key');
    });
  });

  it('keeps a file out of the folder when its stream breaks off', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('broken off');
      })(),
    );
    const local = stores.get('local') as FileStore;
    await expect(local.put('half', { stream: broken, size: 8 }, 'text/plain')).rejects.toThrow('broken off');
    await expect(local.get('half')).rejects.toThrow(FileNotFound);
  });

  it('signs download links as the SDK does, and they work', async () => {
    const s3 = stores.get('S3') as FileStore;
    await s3.put('link/file.txt', Buffer.from('through the door'), 'text/plain');
    const link = new URL(s3.signedDownload('link/file.txt', 60, 'my file.txt') ?? '');
    const answer = await fetch(link);
    expect([answer.status, await answer.text()]).toEqual([200, 'through the door']);

    const theirs = new SignatureV4({
      service: 's3',
      region: DEFAULTS.FILES_S3_REGION,
      credentials: { accessKeyId, secretAccessKey },
      uriEscapePath: false,
      sha256: class {
        private readonly parts: Uint8Array[] = [];
        constructor(private readonly secret?: unknown) {}
        update(data: Uint8Array | string): void {
          this.parts.push(Buffer.from(data as Uint8Array));
        }
        async digest(): Promise<Uint8Array> {
          const hash = this.secret
            ? (await import('node:crypto')).createHmac('sha256', this.secret as Buffer)
            : createHash('sha256');
          return hash.update(Buffer.concat(this.parts)).digest();
        }
        reset(): void {
          this.parts.length = 0;
        }
      } as never,
    });
    const stamp = link.searchParams.get('X-Amz-Date') ?? '';
    const at = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
    const presigned = await theirs.presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname: link.hostname,
        port: Number(link.port),
        path: link.pathname,
        headers: { host: link.host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
        query: {
          'response-content-disposition': link.searchParams.get('response-content-disposition') ?? '',
        },
      } as never,
      { expiresIn: 60, signingDate: new Date(at), unsignableHeaders: new Set() },
    );
    const { query = {} } = presigned as { query?: Record<string, string> };
    expect(link.searchParams.get('X-Amz-Signature')).toBe(query['X-Amz-Signature']);
  });

  it('gives no link to a store that only we reach, nor to a folder', () => {
    const { FILES_S3_PUBLIC_ENDPOINT: _public, ...inside } = s3Settings();
    const store = openFileStore({ ...DEFAULTS, ...inside });
    expect(store.signedDownload('a', 60, 'a')).toBeUndefined();
    expect(stores.get('local')?.signedDownload('a', 60, 'a')).toBeUndefined();
  });

  it('asks for both keys of a bucket', () => {
    expect(() => openFileStore({ ...DEFAULTS, FILES_S3_BUCKET: 'b' })).toThrow('FILES_S3_ACCESS_KEY_ID');
  });
});
