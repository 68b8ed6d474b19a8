import { Inject, Injectable } from '@nestjs/common';
import {
  type AuditEntry,
  currentCaller,
  DEFAULT_PAGE_SIZE,
  type Impersonation,
  type ImpersonationPage,
  type ListAllImpersonationsRequest,
  type ListImpersonationActsRequest,
  type ListImpersonationsRequest,
  type Page,
  toPage,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AuditLogService } from '../audit/audit-log.service';
import { idBefore } from '../id-page';
import { toImpersonation } from './impersonation-views';
import { ImpersonationNotFound } from './impersonation.errors';
import { ImpersonationRepository } from './impersonation.repository';

const REASON = 'list of impersonations';

@Injectable()
export class ImpersonationList {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ImpersonationRepository) private readonly grants: ImpersonationRepository,
    @Inject(AuditLogService) private readonly audit: AuditLogService,
  ) {}

  async ofPlatform(request: ListAllImpersonationsRequest): Promise<ImpersonationPage> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = request;
    const window = { at: new Date(), before: idBefore(cursor), limit };
    const rows = await this.db.system(REASON, () => this.grants.page(request, window));
    return toPage(rows, limit, toImpersonation, ({ id }) => [id]);
  }

  /** @throws ImpersonationNotFound */
  async one(id: string): Promise<Impersonation> {
    const row = await this.db.system(REASON, () => this.grants.find(id));
    if (!row) throw new ImpersonationNotFound();
    return toImpersonation(row);
  }

  /** Those in the caller's tenant. */
  ofTenant(request: ListImpersonationsRequest): Promise<ImpersonationPage> {
    return this.ofPlatform({ ...request, tenantId: callersTenant() });
  }

  /** @throws ImpersonationNotFound when it was in no tenant of the caller's */
  async acts({ id, ...page }: ListImpersonationActsRequest): Promise<Page<AuditEntry>> {
    const row = await this.db.system(REASON, () => this.grants.find(id));
    if (row?.tenantId !== callersTenant()) throw new ImpersonationNotFound();
    return this.audit.list({ ...page, impersonationId: id });
  }
}

function callersTenant(): string {
  const { tenantId } = currentCaller();
  if (!tenantId) throw new Unauthenticated('Sign in first');
  return tenantId;
}
