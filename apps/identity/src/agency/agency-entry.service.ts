import { Inject, Injectable } from '@nestjs/common';
import { MembershipRepository } from '../membership/membership.repository';
import { SubAccountRepository } from './sub-account.repository';

/** How an agency's people come into its sub-accounts: as admins, by a membership that ends with theirs in the agency. */
@Injectable()
export class AgencyEntry {
  constructor(
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(SubAccountRepository) private readonly subAccounts: SubAccountRepository,
  ) {}

  /**
   * In the open system transaction. The agency and the person's place in it stay as they are until it ends, so that
   * whoever removes them there finds the membership that begins here.
   * @returns whether the person may enter now
   */
  async admit(userId: string, tenantId: string): Promise<boolean> {
    const agencyId = await this.subAccounts.agencyOf(tenantId);
    if (!agencyId) return false;
    const standing = await this.memberships.hold(userId, agencyId);
    if (!standing || standing.tenantStatus !== 'active' || standing.role === 'user') return false;
    await this.memberships.addViaAgency(tenantId, userId, agencyId);
    return true;
  }
}
