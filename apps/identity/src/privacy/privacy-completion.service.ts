import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { emailRequestedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { appAddress } from '../verification/mail-links';
import { ArchiveBuilder } from './archive-builder';
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
  private readonly app: string;

  constructor(
    @Inject(CONFIG) config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(ArchiveBuilder) private readonly archives: ArchiveBuilder,
    @Inject(RequesterContacts) private readonly contacts: RequesterContacts,
    @Inject(PrivacyRequestRepository) private readonly requests: PrivacyRequestRepository,
  ) {
    this.app = appAddress(config);
  }

  async finish(requestId: string): Promise<void> {
    const request = await this.db.system(SCOPE, () => this.requests.find(requestId));
    if (request?.status !== 'running' || awaited(request).length > 0) return;
    if (request.kind === 'export') await this.finishExport(request);
    else await this.finishErasure(request);
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
      await this.tell(request, contact, 'export_ready', `${this.app}/privacy/requests/${request.id}`);
    });
    await this.archives.removeParts(request);
  }

  private async finishErasure(request: PrivacyRequest): Promise<void> {
    await this.removeArchives(await this.db.system(SCOPE, () => this.requests.archivesOf(request)));
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.complete(request, async (contact) => {
      const hash = createHash('sha256').update(token).digest();
      await this.requests.completeErasure(request.id, hash, new Date());
      await this.tell(request, contact, 'erasure_done', `${this.app}/privacy/certificate?token=${token}`);
    });
  }

  private async complete({ id }: PrivacyRequest, work: (contact: Contact) => Promise<void>): Promise<void> {
    await this.db.system(SCOPE, async () => {
      const request = await this.requests.lock(id);
      const contact = request?.status === 'running' ? this.contacts.open(request) : undefined;
      if (!request || !contact) return;
      await work(contact);
      await this.audit.record({
        action: 'privacy.completed',
        resourceType: 'privacy-request',
        resourceId: id,
        after: { kind: request.kind, scope: request.scope },
        tenantId: request.tenantId,
      });
    });
  }

  /** Without a tenant: the tenant's own events may have an end already. */
  private async tell(
    { userId }: PrivacyRequest,
    { email, name, locale }: Contact,
    template: 'export_ready' | 'erasure_done',
    link: string,
  ): Promise<void> {
    await this.outbox.add(
      emailRequestedV1,
      { userId, template, to: email, name, locale, link },
      { subject: userId },
    );
  }

  private async removeArchives(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.archives.remove(id);
      await this.db.system(SCOPE, () => this.requests.forgetArchive(id));
    }
    if (ids.length > 0) this.logger.log({ archives: ids.length }, 'archives of exports removed');
  }
}
