import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { newId, type PrivacyReceiptV1, privacyRequestedV1, runAs, systemCaller } from '@parley/contracts';
import { type JobDefinition, Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import type { IdentityConfig } from '../config';
import { AccountClosing } from './account-closing.service';
import { OwnedTenants } from './owned-tenants.repository';
import { askForReceipts, beginPrivacyRequest, finishPrivacyRequest, queueOf } from './privacy.jobs';
import { awaited, type PrivacyRequest } from './privacy-request';
import { PrivacyCompletion } from './privacy-completion.service';
import { PrivacyRights } from './privacy-rights.repository';
import { PrivacyRequestRepository } from './privacy-request.repository';
import { RequesterContacts } from './requester-contacts';

const MINUTE_MS = 60_000;
const SCOPE = 'privacy request';

/** Services that stay silent are asked again after so long. */
const PATIENCE_MS = 10 * MINUTE_MS;

/**
 * Carries a privacy request through every service. Each step commits its state with the job or event of the next
 * one; steps that come again find the state moved on and do nothing (J-33).
 */
@Injectable()
export class PrivacySaga implements OnModuleInit {
  private readonly logger = new Logger(PrivacySaga.name);

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(AccountClosing) private readonly closing: AccountClosing,
    @Inject(PrivacyCompletion) private readonly completion: PrivacyCompletion,
    @Inject(RequesterContacts) private readonly contacts: RequesterContacts,
    @Inject(OwnedTenants) private readonly owned: OwnedTenants,
    @Inject(PrivacyRights) private readonly rights: PrivacyRights,
    @Inject(PrivacyRequestRepository) private readonly requests: PrivacyRequestRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(beginPrivacyRequest, ({ requestId }) => asNobody(() => this.begin(requestId)));
    this.jobs.handle(askForReceipts, ({ requestId }) => asNobody(() => this.ask(requestId)));
    this.jobs.handle(finishPrivacyRequest, ({ requestId }) =>
      asNobody(() => this.completion.finish(requestId)),
    );
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
      if (!user || user.status === 'deleted')
        return this.requests.settle(requestId, 'refused', 'nobody asks any more');
      const { alone, shared } = await this.owned.of(user.id);
      // Under the lock of the tenant: nobody gains or loses a role while it is decided.
      if (!(await this.rights.allows(request)))
        return this.completion.refuse(request, user, 'whoever asked may not ask for it any more');
      if (erasure && request.scope === 'me' && shared.length > 0)
        return this.completion.refuse(request, user, 'ownership of a company was not transferred');
      const own = wholeTenants(request, alone);
      const whole = erasure ? [...own, ...(await this.owned.clientsOf(own))] : own;
      const contact = this.contacts.seal(requestId, user);
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
  async receive({ requestId, service, ...receipt }: PrivacyReceiptV1): Promise<void> {
    const request = await this.requests.lock(requestId);
    if (request?.status !== 'running' || request.receipts[service]) return;
    await this.requests.addReceipt(requestId, service, receipt);
    const receipts = { ...request.receipts, [service]: receipt };
    if (awaited({ receipts }).length === 0) await this.enqueue(finishPrivacyRequest, requestId);
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
    await this.completion.removeExpired(at);
  }

  private async close(request: PrivacyRequest, whole: readonly string[], at: Date): Promise<void> {
    for (const tenantId of whole) await this.closing.closeTenant(tenantId, at, request);
    if (request.scope === 'me') await this.closing.closeUser(request.userId, at);
    await this.requests.cancelOthers(request, whole);
  }

  private async enqueue(
    job: JobDefinition<{ requestId: string }>,
    requestId: string,
    runAt?: Date,
  ): Promise<void> {
    await this.jobs.enqueue(
      job,
      { requestId },
      { key: `${job.name}:${requestId}`, queue: queueOf(requestId), ...(runAt ? { runAt } : {}) },
    );
  }
}

/** What is published must reach services that are done with the tenant. */
const asNobody = (work: () => Promise<void>): Promise<void> => runAs(systemCaller(newId()), work);

function wholeTenants(
  { kind, scope, tenantId }: PrivacyRequest,
  alone: readonly string[],
): readonly string[] {
  if (scope === 'tenant') return [tenantId];
  return scope === 'me' && kind === 'erasure' ? alone : [];
}
