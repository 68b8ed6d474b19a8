import type { Readable } from 'node:stream';
import { NotFound } from '@parley/contracts';

/** A stream whose length is known: object stores want it before the first byte. */
export interface SizedStream {
  readonly stream: Readable;
  readonly size: number;
}

export type FileBody = Buffer | SizedStream;

/** Bytes by key, shared by every service. What may see which key is decided by whoever holds the key. */
export abstract class FileStore {
  /** Writes the whole file or nothing; what was there under the key is replaced. */
  abstract put(key: string, body: FileBody, contentType: string): Promise<void>;

  /** @throws FileNotFound */
  abstract get(key: string): Promise<Readable>;

  /** Also when it is gone already. */
  abstract delete(key: string): Promise<void>;

  /**
   * Removes every file below the folder `prefix`.
   * @returns how many there were
   */
  abstract deletePrefix(prefix: string): Promise<number>;

  /** A link that downloads the file without further credentials; undefined where the store has no door of its own. */
  abstract signedDownload(key: string, forSeconds: number, fileName: string): string | undefined;

  abstract close(): Promise<void>;
}

export class FileNotFound extends NotFound {
  constructor() {
    super('The file is not there any more', 'FILE_NOT_FOUND');
  }
}
