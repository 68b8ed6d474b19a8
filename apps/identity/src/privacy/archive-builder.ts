import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import type { FilePart } from '@parley/contracts';
import { FileStore } from '@parley/files';
import type { PrivacyRequest } from './privacy-request';
import type { Archive } from './privacy-request.repository';
import { tarEnd, tarHeader, tarPadding } from './tar';

/**
 * Puts what the services wrote into one `tar.gz`: files by service and table, under a manifest with the hash of
 * each. One part is in memory at a time; the archive is made beside the store, since stores want its length first.
 */
@Injectable()
export class ArchiveBuilder {
  constructor(@Inject(FileStore) private readonly files: FileStore) {}

  /** Made again after a crash, it replaces itself. */
  async build(request: PrivacyRequest, at: Date): Promise<Archive> {
    const key = `${folderOf(request.id)}/archive.tar.gz`;
    const aside = join(tmpdir(), `parley-archive-${randomUUID()}.tar.gz`);
    const hash = createHash('sha256');
    try {
      await pipeline(
        Readable.from(this.blocks(request, at)),
        createGzip(),
        async function* (source: AsyncIterable<Buffer>) {
          for await (const chunk of source) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(aside, { mode: 0o600 }),
      );
      const { size: bytes } = await stat(aside);
      await this.files.put(key, { stream: createReadStream(aside), size: bytes }, 'application/gzip');
      return { key, bytes, sha256: hash.digest('hex') };
    } finally {
      await rm(aside, { force: true });
    }
  }

  async removeParts({ id, receipts }: PrivacyRequest): Promise<void> {
    for (const service of Object.keys(receipts)) await this.files.deletePrefix(`${folderOf(id)}/${service}`);
  }

  async remove(requestId: string): Promise<void> {
    await this.files.deletePrefix(folderOf(requestId));
  }

  private async *blocks(request: PrivacyRequest, at: Date): AsyncGenerator<Buffer> {
    const parts = await this.partsOf(request);
    yield* entry('manifest.json', Buffer.from(JSON.stringify(manifestOf(request, parts, at), null, 2)), at);
    for (const part of parts) yield* entry(nameOf(request, part), await this.read(part), at);
    yield tarEnd();
  }

  private async partsOf({ receipts }: PrivacyRequest): Promise<FilePart[]> {
    const parts: FilePart[] = [];
    for (const receipt of Object.values(receipts)) {
      const listed = receipt.manifest
        ? String(await this.read(receipt.manifest))
            .trimEnd()
            .split('\n')
        : [];
      parts.push(...receipt.parts, ...listed.map((line) => JSON.parse(line) as FilePart));
    }
    return parts;
  }

  private async read({ key, sha256 }: Pick<FilePart, 'key' | 'sha256'>): Promise<Buffer> {
    const body = await buffer(await this.files.get(key));
    if (createHash('sha256').update(body).digest('hex') !== sha256)
      throw new Error(`${key} is not what its service wrote`);
    return body;
  }
}

export const folderOf = (requestId: string): string => `privacy/${requestId}`;

/** By service and table; which run of the service wrote it is nobody's business. */
const nameOf = ({ id }: PrivacyRequest, { key }: FilePart): string =>
  key.slice(folderOf(id).length + 1).replace(/\/.*\//, '/');

function* entry(name: string, body: Buffer, at: Date): Generator<Buffer> {
  yield tarHeader(name, body.length, at);
  yield body;
  yield tarPadding(body.length);
}

const manifestOf = (request: PrivacyRequest, parts: readonly FilePart[], at: Date): object => ({
  requestId: request.id,
  scope: request.scope,
  tenantId: request.tenantId,
  requestedAt: request.requestedAt.toISOString(),
  builtAt: at.toISOString(),
  files: parts.map((part) => ({
    name: nameOf(request, part),
    table: part.table,
    rows: part.rows,
    bytes: part.bytes,
    sha256: part.sha256,
  })),
});
