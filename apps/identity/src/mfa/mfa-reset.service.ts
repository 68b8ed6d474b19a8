import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { SubjectNotFound } from '../directory/directory.errors';
import { actingInPerson } from '../session/acting-user';
import { SessionEndings } from '../session/session-endings.service';
import { FactorChanges } from './factor-changes.service';
import { FactorRemoval } from './factor-removal.service';

/** For whoever lost every factor, by a super admin who knows them. */
@Injectable()
export class MfaReset {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(FactorChanges) private readonly changes: FactorChanges,
    @Inject(FactorRemoval) private readonly removal: FactorRemoval,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * Their sessions end too: the factors may be in other hands. Resetting who has none changes nothing but the trail.
   * @throws SubjectNotFound
   */
  async reset(id: string): Promise<void> {
    actingInPerson();
    await this.db.system('reset of second factors', async () => {
      const user = await this.users.lock(id);
      if (!user) throw new SubjectNotFound();
      const { totp, passkeys } = await this.removal.all(id);
      const act = {
        action: 'mfa.reset',
        resourceType: 'user',
        resourceId: id,
        before: { totp, passkeys },
        tenantId: null,
      };
      if (!totp && passkeys === 0) return this.audit.record(act);
      await this.changes.mail(user, 'mfa_reset');
      await this.endings.end({ userId: id }, 'mfa_reset', new Date(), [act]);
    });
  }
}
