import { Inject, Injectable } from '@nestjs/common';
import type { PrivacyArchive } from '@parley/contracts';
import { FileStore } from '@parley/files';
import type { FastifyReply } from 'fastify';

/** A `tar.gz`; its manifest names every file with its hash. */
export class ArchiveFile {}

const LINK_SECONDS = 60;

/** Gives archives that identity let the caller have: from the object store itself where it can, else through us. */
@Injectable()
export class ArchiveDownloads {
  constructor(@Inject(FileStore) private readonly files: FileStore) {}

  async send({ key, fileName, bytes, sha256 }: PrivacyArchive, reply: FastifyReply): Promise<void> {
    const link = this.files.signedDownload(key, LINK_SECONDS, fileName);
    void reply.header('cache-control', 'no-store').header('x-content-sha256', sha256);
    if (link) return void (await reply.redirect(link, 302));
    const stream = await this.files.get(key);
    await reply
      .type('application/gzip')
      .header('content-disposition', `attachment; filename="${fileName}"`)
      .header('content-length', bytes)
      .send(stream);
  }
}
