import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, type MfaPolicy } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { TenantTurn } from '../membership/tenant-turn.service';
import { SessionEndings } from '../session/session-endings.service';
import { NotEnrolled } from './mfa.errors';
import { MfaPolicyRepository } from './mfa-policy.repository';
import { MfaStandings } from './mfa-standing.repository';

const REASON = 'second factors required';

/** Whether a tenant wants a second factor of its members. */
@Injectable()
export class MfaPolicyService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TenantTurn) private readonly turn: TenantTurn,
    @Inject(MfaPolicyRepository) private readonly policies: MfaPolicyRepository,
    @Inject(MfaStandings) private readonly standings: MfaStandings,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
  ) {}

  async get(): Promise<MfaPolicy> {
    const { tenantId = '' } = currentCaller();
    return { requireMfa: await this.db.tenant(() => this.standings.isRequiredIn(tenantId)) };
  }

  /**
   * Whoever requires it of others has it. Members without it sign in again: only a new token says that it is due.
   * @throws NotEnrolled, RoleTooLow, NotAMember
   */
  async put({ requireMfa }: MfaPolicy): Promise<MfaPolicy> {
    return this.turn.take(REASON, 'admin', async ({ id: tenantId }, { userId }) => {
      const before = await this.standings.isRequiredIn(tenantId);
      if (before === requireMfa) return { requireMfa };
      const at = new Date();
      if (requireMfa && (await this.standings.methodsOf(userId)).length === 0) throw new NotEnrolled();
      await this.policies.set(tenantId, requireMfa, userId, at);
      const act = {
        action: 'mfa.policy_changed',
        resourceType: 'settings',
        resourceId: tenantId,
        before: { requireMfa: before },
        after: { requireMfa },
        tenantId,
      };
      const userIds = requireMfa ? await this.policies.membersWithout(tenantId, at) : [];
      await this.endings.end({ tenantId, userIds }, 'mfa_required', at, [act]);
      return { requireMfa };
    });
  }
}
