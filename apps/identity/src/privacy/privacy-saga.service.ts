import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  emailRequestedV1,
  type Locale,
  newId,
  type PrivacyReceiptV1,
  privacyRequestedV1,
  runAs,
  systemCaller,
} from '@parley/contracts';
import { type JobDefinition, Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG, SecretBox } from '@parley/platform';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { appAddress } from '../verification/mail-links';
import { AccountClosing } from './account-closing.service';
import { ArchiveBuilder } from './archive-builder';
import { OwnedTenants } from './owned-tenants.repository';
import { askForReceipts, beginPrivacyRequest, finishPrivacyRequest } from './privacy.jobs';
import { awaited, type PrivacyRequest } from './privacy-request';
import { PrivacyRequestRepository } from './privacy-request.repository';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ARCHIVE_DAYS = 7;
const TOKEN_BYTES = 24;
const SCOPE = 'privacy request';

/** Services that stay silent are asked again after so long. */
const PATIENCE_MS = 10 * MINUTE_MS;

interface Contact {
  email: string;
  name: string;
  locale: Locale;
}

/**
 * Carries a privacy request through every service. Each step commits its state with the job or event of the next
 * one; steps that come again find the state moved on and do nothing (J-33).
 */
@Injectable()
export class PrivacySaga implements OnModuleInit {
  private readonly logger = new Logger(PrivacySaga.name);
  private readonly box: SecretBox;
  private readonly app: string;

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(AccountClosing) private readonly closing: AccountClosing,
    @Inject(ArchiveBuilder) private readonly archives: ArchiveBuilder,
    @Inject(OwnedTenants) private readonly owned: OwnedTenants,
    @Inject(PrivacyRequestRepository) private readonly requests: PrivacyRequestRepository,
  ) {
    this.box = new SecretBox(config.ENCRYPTION_KEY);
    this.app = appAddress(config);
  }

  onModuleInit(): void {
    this.jobs.handle(beginPrivacyRequest, ({ requestId }) => asNobody(() => this.begin(requestId)));
    this.jobs.handle(askForReceipts, ({ requestId }) => asNobody(() => this.ask(requestId)));
    this.jobs.handle(finishPrivacyRequest, ({ requestId }) => asNobody(() => this.finish(requestId)));
    this.jobs.schedule('identity.privacy.sweep', '*/10 * * * *', () => this.sweep());
  }

  async begin(requestId: string): Promise<void> {
    const at = new Date();
    await this.db.system(SCOPE, async () => {
      const request = await this.requests.lock(requestId);
      if (request?.status !== 'received') return;
      if (request.executeAt > at) return this.enqueue(beginPrivacyRequest, requestId, request.executeAt);
      const erasure = request.kind === 'erasure';
      const user = await this.closing.lock(request);
      if (!user) return this.requests.settle(requestId, 'refused', 'nobody asks any more');
      const { alone, shared } = await this.owned.of(user.id);
      if (erasure && request.scope === 'me' && shared.length > 0)
        return this.requests.settle(requestId, 'refused', 'ownership of a company was not transferred');
      const whole = wholeTenants(request, alone);
      const { email, name, locale } = user;
      const contact = this.box.seal(JSON.stringify({ email, name, locale }), contactOf(requestId));
      if (erasure) await this.close(request, whole, at);
      await this.requests.start(requestId, whole, contact, at);
      const settleMs = erasure ? this.config.ERASURE_SETTLE_SECONDS * 1000 : 0;
      await this.enqueue(askForReceipts, requestId, new Date(at.getTime() + settleMs));
    });
  }

  /** Asks again whoever has not answered; who has answers is not named. */
  async ask(requestId: string): Promise<void> {
    await this.db.system(SCOPE, async () => {
      const request = await this.requests.lock(requestId);
      if (request?.status !== 'running') return;
      const missing = awaited(request);
      if (missing.length === 0) return this.enqueue(finishPrivacyRequest, requestId);
      const { kind, scope, tenantId, userId, subjectPhone, wholeTenantIds } = request;
      await this.requests.noteAsked(requestId, new Date());
      await this.outbox.add(
        privacyRequestedV1,
        {
          requestId,
          kind,
          scope,
          tenantId,
          wholeTenantIds,
          services: missing,
          ...(scope === 'me' ? { userId } : {}),
          ...(subjectPhone ? { phone: subjectPhone } : {}),
        },
        { subject: requestId },
      );
    });
  }

  /** In the open transaction of the event. Late and repeated receipts change nothing. */
  async receive({ requestId, service, counts, parts, finishedAt }: PrivacyReceiptV1): Promise<void> {
    const request = await this.requests.lock(requestId);
    if (request?.status !== 'running' || request.receipts[service]) return;
    const receipt = { counts, parts, finishedAt };
    await this.requests.addReceipt(requestId, service, receipt);
    const receipts = { ...request.receipts, [service]: receipt };
    if (awaited({ receipts }).length === 0) await this.enqueue(finishPrivacyRequest, requestId);
  }

  async finish(requestId: string): Promise<void> {
    const request = await this.db.system(SCOPE, () => this.requests.find(requestId));
    if (request?.status !== 'running' || awaited(request).length > 0) return;
    if (request.kind === 'export') await this.finishExport(request);
    else await this.finishErasure(request);
  }

  /** The net under the jobs, and the end of archives. */
  async sweep(at = new Date()): Promise<void> {
    const before = (ms: number): Date => new Date(at.getTime() - ms);
    await this.db.system(SCOPE, async () => {
      for (const request of await this.requests.stuck(before(MINUTE_MS), before(PATIENCE_MS))) {
        const { id, status, dueAt } = request;
        if (dueAt < at)
          this.logger.error({ requestId: id, missing: awaited(request) }, 'privacy request is overdue');
        await this.enqueue(status === 'received' ? beginPrivacyRequest : askForReceipts, id);
      }
    });
    await this.removeArchives(await this.db.system(SCOPE, () => this.requests.expiredArchives(at)));
  }

  private async close(request: PrivacyRequest, whole: readonly string[], at: Date): Promise<void> {
    const leaving = request.scope === 'me' ? request.userId : undefined;
    for (const tenantId of whole) await this.closing.closeTenant(tenantId, at, leaving);
    if (leaving) await this.closing.closeUser(leaving, at);
    await this.requests.cancelOthers(request, whole);
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
      if (request?.status !== 'running' || !request.contactEnc) return;
      await work(JSON.parse(this.box.open(request.contactEnc, contactOf(id))) as Contact);
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

  private async enqueue(
    job: JobDefinition<{ requestId: string }>,
    requestId: string,
    runAt?: Date,
  ): Promise<void> {
    await this.jobs.enqueue(
      job,
      { requestId },
      { key: `${job.name}:${requestId}`, ...(runAt ? { runAt } : {}) },
    );
  }
}

const contactOf = (requestId: string): string => `privacy_request:${requestId}`;

/** What is published must reach services that are done with the tenant. */
const asNobody = (work: () => Promise<void>): Promise<void> => runAs(systemCaller(newId()), work);

function wholeTenants(
  { kind, scope, tenantId }: PrivacyRequest,
  alone: readonly string[],
): readonly string[] {
  if (scope === 'tenant') return [tenantId];
  return scope === 'me' && kind === 'erasure' ? alone : [];
}
