import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, Forbidden, type RecordImpersonationActRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { ImpersonationOver, ReadOnlyImpersonation } from './impersonation.errors';
import { ImpersonationRepository } from './impersonation.repository';
import { ImpersonationService } from './impersonation.service';

/** Writes down what is about to be done under an impersonation, if it still may be. */
@Injectable()
export class ImpersonationActs {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ImpersonationRepository) private readonly grants: ImpersonationRepository,
    @Inject(ImpersonationService) private readonly impersonations: ImpersonationService,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws ImpersonationOver, ReadOnlyImpersonation, Forbidden outside an impersonation */
  async record({ method, path }: RecordImpersonationActRequest): Promise<void> {
    const { impersonationId, impersonatorId } = currentCaller();
    if (!impersonationId || !impersonatorId) throw new Forbidden('Nobody is impersonated');
    await this.db.system('act under an impersonation', async () => {
      const grant = await this.grants.find(impersonationId);
      const live = grant && !grant.endedAt && grant.expiresAt > new Date();
      if (!live || grant.impersonatorId !== impersonatorId) throw new ImpersonationOver();
      const impersonator = await this.users.find(impersonatorId);
      if (!impersonator || !this.impersonations.isFit(impersonator)) throw new ImpersonationOver();
      if (grant.mode !== 'write') throw new ReadOnlyImpersonation();
      await this.audit.record({
        action: 'impersonation.act',
        resourceType: 'impersonation',
        resourceId: impersonationId,
        after: { method, path },
        tenantId: grant.tenantId,
      });
    });
  }
}
