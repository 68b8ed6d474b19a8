import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  type CreatePrivacyRequest,
  DEFAULT_PAGE_SIZE,
  type ErasureCertificate,
  newId,
  type Page,
  type PageRequest,
  type PrivacyArchive,
  type PrivacyRequestResponse,
  type PrivacyScope,
  toPage,
} from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { idBefore } from '../id-page';
import { TenantTurn } from '../membership/tenant-turn.service';
import { actingInPerson } from '../session/acting-user';
import { Certificates } from './certificates.service';
import { OwnedTenants } from './owned-tenants.repository';
import {
  ArchiveNotReady,
  CertificateNotReady,
  NotCancellable,
  OneSubject,
  OwnershipFirst,
  RequestAlreadyOpen,
  UnknownPrivacyRequest,
} from './privacy.errors';
import { PrivacyNews } from './privacy-news';
import { LEAST_ROLE, PrivacyRights } from './privacy-rights.repository';
import { beginPrivacyRequest, queueOf } from './privacy.jobs';
import { type PrivacyRequest, toPrivacyResponse } from './privacy-request';
import { PrivacyRequestRepository } from './privacy-request.repository';

const HOUR_MS = 3_600_000;

/** GDPR article 12(3), Law 25 of Quebec. */
const DUE_DAYS = 30;

const SCOPE = 'own privacy requests';

/** What people ask for and see: their own requests, and those for the tenant that they could make themselves. */
@Injectable()
export class PrivacyRequests {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(TenantTurn) private readonly turns: TenantTurn,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(Certificates) private readonly certificates: Certificates,
    @Inject(OwnedTenants) private readonly owned: OwnedTenants,
    @Inject(PrivacyRights) private readonly rights: PrivacyRights,
    @Inject(PrivacyNews) private readonly news: PrivacyNews,
    @Inject(PrivacyRequestRepository) private readonly requests: PrivacyRequestRepository,
  ) {}

  /** @throws OneSubject, RoleTooLow, OwnershipFirst, RequestAlreadyOpen */
  async create({ kind, scope: wanted, subjectPhone }: CreatePrivacyRequest): Promise<PrivacyRequestResponse> {
    if (wanted && subjectPhone) throw new OneSubject();
    const scope: PrivacyScope = subjectPhone ? 'customer' : (wanted ?? 'me');
    return this.turns.take('privacy request', LEAST_ROLE[scope], async (tenant, { userId }) => {
      if (kind === 'erasure' && scope === 'me') {
        const { shared } = await this.owned.of(userId);
        if (shared.length > 0) throw new OwnershipFirst(shared);
      }
      const requestedAt = new Date();
      const graceMs = kind === 'erasure' ? this.config.ERASURE_GRACE_HOURS * HOUR_MS : 0;
      const executeAt = new Date(requestedAt.getTime() + graceMs);
      const dueAt = new Date(requestedAt.getTime() + DUE_DAYS * 24 * HOUR_MS);
      const request = await this.requests.add({
        id: newId(),
        tenantId: tenant.id,
        userId,
        kind,
        scope,
        subjectPhone: subjectPhone ?? null,
        requestedAt,
        executeAt,
        dueAt,
      });
      if (!request) throw new RequestAlreadyOpen();
      await this.jobs.enqueue(
        beginPrivacyRequest,
        { requestId: request.id },
        { runAt: executeAt, key: `begin:${request.id}`, queue: queueOf(request.id) },
      );
      if (kind === 'erasure' && scope === 'tenant') await this.news.erasureAsked(request, tenant.name);
      await this.record('privacy.requested', request);
      return toPrivacyResponse(request);
    });
  }

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: PageRequest): Promise<Page<PrivacyRequestResponse>> {
    const { userId, tenantId } = actingInPerson();
    const before = idBefore(cursor);
    const rows = await this.db.system(SCOPE, async () => {
      const scopes = await this.rights.of(userId, tenantId);
      return this.requests.page({ userId, tenantId, scopes }, before, limit + 1);
    });
    return toPage(rows, limit, toPrivacyResponse, ({ id }) => [id]);
  }

  /** @throws UnknownPrivacyRequest */
  async get(id: string): Promise<PrivacyRequestResponse> {
    return toPrivacyResponse(await this.visible(id));
  }

  /** @throws UnknownPrivacyRequest, NotCancellable */
  async cancel(id: string): Promise<PrivacyRequestResponse> {
    return this.db.system(SCOPE, async () => {
      const request = await this.requests.lock(id);
      if (!request || !(await this.concerns(request))) throw new UnknownPrivacyRequest();
      if (request.status !== 'received') throw new NotCancellable();
      await this.requests.settle(id, 'cancelled', null);
      await this.record('privacy.cancelled', request);
      return toPrivacyResponse({ ...request, status: 'cancelled', subjectPhone: null });
    });
  }

  /**
   * For whoever asked, while they still may ask: who left the tenant takes nothing of it along.
   * @throws UnknownPrivacyRequest, ArchiveNotReady
   */
  async archive(id: string): Promise<PrivacyArchive> {
    const { userId } = actingInPerson();
    const request = await this.db.system(SCOPE, async () => {
      const found = await this.requests.find(id);
      return found?.userId === userId && (await this.rights.allows(found)) ? found : undefined;
    });
    if (!request) throw new UnknownPrivacyRequest();
    const { archiveKey, archiveBytes, archiveSha256, archiveUntil } = request;
    const good = archiveUntil && archiveUntil > new Date();
    if (!archiveKey || archiveBytes === null || !archiveSha256 || !good) throw new ArchiveNotReady();
    return {
      key: archiveKey,
      bytes: archiveBytes,
      sha256: archiveSha256,
      fileName: `parley-data-${id}.tar.gz`,
    };
  }

  /** @throws UnknownPrivacyRequest, CertificateNotReady */
  async certificate(id: string): Promise<ErasureCertificate> {
    return this.certify(await this.visible(id));
  }

  /** @throws UnknownPrivacyRequest */
  async certificateByToken(token: string): Promise<ErasureCertificate> {
    const hash = createHash('sha256').update(token).digest();
    const request = await this.db.system('certificate of an erasure', () =>
      this.requests.findByCertificate(hash),
    );
    if (!request) throw new UnknownPrivacyRequest();
    return this.certify(request);
  }

  private async certify(request: PrivacyRequest): Promise<ErasureCertificate> {
    if (request.kind !== 'erasure' || request.status !== 'completed') throw new CertificateNotReady();
    return { certificate: await this.certificates.sign(request) };
  }

  private async visible(id: string): Promise<PrivacyRequest> {
    return this.db.system(SCOPE, async () => {
      const request = await this.requests.find(id);
      if (!request || !(await this.concerns(request))) throw new UnknownPrivacyRequest();
      return request;
    });
  }

  /** Own ones, from wherever they sign in; the tenant's, of whoever made them, from within the tenant. */
  private async concerns({ userId: askedBy, tenantId: of, scope }: PrivacyRequest): Promise<boolean> {
    const { userId, tenantId } = actingInPerson();
    if (askedBy === userId) return true;
    return scope !== 'me' && of === tenantId && this.rights.allows({ userId, tenantId, scope });
  }

  /** A customer's phone is not written down for ever. */
  private record(action: string, { id, kind, scope, tenantId }: PrivacyRequest): Promise<void> {
    return this.audit.record({
      action,
      resourceType: 'privacy-request',
      resourceId: id,
      after: { kind, scope },
      tenantId,
    });
  }
}
