import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { AuditTrail } from '../audit/audit-trail';
import { ArchiveBuilder } from './archive-builder';
import { PrivacyNews } from './privacy-news';
import { awaited, type PrivacyRequest } from './privacy-request';
import { PrivacyRequestRepository } from './privacy-request.repository';
import { type Contact, RequesterContacts } from './requester-contacts';

const DAY_MS = 86_400_000;
const ARCHIVE_DAYS = 7;
const TOKEN_BYTES = 24;
const SCOPE = 'end of a privacy request';

/** Ends a request whose receipts are all there: archive or certificate, and a mail to whoever asked. */
@Injectable()
export class PrivacyCompletion {
  private readonly logger = new Logger(PrivacyCompletion.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(PrivacyNews) private readonly news: PrivacyNews,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(ArchiveBuilder) private readonly archives: ArchiveBuilder,
    @Inject(RequesterContacts) private readonly contacts: RequesterContacts,
    @Inject(PrivacyRequestRepository) private readonly requests: PrivacyRequestRepository,
  ) {}

  async finish(requestId: string): Promise<void> {
    const request = await this.db.system(SCOPE, () => this.requests.find(requestId));
    if (request?.status !== 'running' || awaited(request).length > 0) return;
    if (request.kind === 'export') await this.finishExport(request);
    else await this.finishErasure(request);
  }

  /** In the open transaction, before anything was done. */
  async refuse(request: PrivacyRequest, contact: Contact, reason: string): Promise<void> {
    await this.requests.settle(request.id, 'refused', reason);
    await this.news.refused(request, contact);
    await this.record('privacy.refused', request);
  }

  async removeExpired(at: Date): Promise<void> {
    await this.removeArchives(await this.db.system(SCOPE, () => this.requests.expiredArchives(at)));
  }

  private async finishExport(request: PrivacyRequest): Promise<void> {
    const at = new Date();
    const archive = await this.archives.build(request, at);
    await this.complete(request, async (contact) => {
      const until = new Date(at.getTime() + ARCHIVE_DAYS * DAY_MS);
      await this.requests.completeExport(request.id, archive, until, at);
      await this.news.exportReady(request, contact);
    });
    await this.archives.removeParts(request);
  }

  private async finishErasure(request: PrivacyRequest): Promise<void> {
    await this.removeArchives(await this.db.system(SCOPE, () => this.requests.archivesOf(request)));
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.complete(request, async (contact) => {
      const hash = createHash('sha256').update(token).digest();
      await this.requests.completeErasure(request.id, hash, new Date());
      await this.news.erasureDone(request, contact, token);
    });
  }

  private async complete({ id }: PrivacyRequest, work: (contact: Contact) => Promise<void>): Promise<void> {
    await this.db.system(SCOPE, async () => {
      const request = await this.requests.lock(id);
      const contact = request?.status === 'running' ? this.contacts.open(request) : undefined;
      if (!request || !contact) return;
      await work(contact);
      await this.record('privacy.completed', request);
    });
  }

  private record(action: string, { id, kind, scope, tenantId }: PrivacyRequest): Promise<void> {
    return this.audit.record({
      action,
      resourceType: 'privacy-request',
      resourceId: id,
      after: { kind, scope },
      tenantId,
    });
  }

  private async removeArchives(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.archives.remove(id);
      await this.db.system(SCOPE, () => this.requests.forgetArchive(id));
    }
    if (ids.length > 0) this.logger.log({ archives: ids.length }, 'archives of exports removed');
  }
}
