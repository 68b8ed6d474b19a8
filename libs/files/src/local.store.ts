import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkedKey } from './file-key';
import { type FileBody, FileNotFound, FileStore } from './file-store';

/** Files not yet whole; no key begins with a dot. */
const UNFINISHED = '.unfinished';

/** A folder of this machine, or one that several machines mount. */
export class LocalFileStore extends FileStore {
  private readonly root: string;

  constructor(folder: string) {
    super();
    this.root = resolve(folder);
  }

  /** Written aside and moved: nobody reads half a file. */
  async put(key: string, body: FileBody): Promise<void> {
    const target = this.pathOf(key);
    const aside = join(this.root, UNFINISHED, randomBytes(12).toString('hex'));
    await mkdir(dirname(aside), { recursive: true });
    try {
      await pipeline(Buffer.isBuffer(body) ? Readable.from([body]) : body.stream, createWriteStream(aside));
      if (!Buffer.isBuffer(body) && (await stat(aside)).size !== body.size)
        throw new Error('The stream has not the length that was announced');
      await mkdir(dirname(target), { recursive: true });
      await rename(aside, target);
    } finally {
      await rm(aside, { force: true });
    }
  }

  async get(key: string): Promise<Readable> {
    try {
      const file = await open(this.pathOf(key));
      return file.createReadStream();
    } catch (error) {
      throw isMissing(error) ? new FileNotFound() : error;
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  async deletePrefix(prefix: string): Promise<number> {
    const folder = this.pathOf(prefix);
    try {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      await rm(folder, { recursive: true, force: true });
      return entries.filter((entry) => entry.isFile()).length;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
  }

  signedDownload(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private pathOf(key: string): string {
    return join(this.root, ...checkedKey(key).split('/'));
  }
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
