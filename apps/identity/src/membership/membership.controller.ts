import { Controller, Inject } from '@nestjs/common';
import {
  changeMemberRole,
  ChangeMemberRoleRequest,
  leaveTenant,
  listMembers,
  MemberIdRequest,
  MemberPage,
  MemberResponse,
  Nothing,
  PageRequest,
  removeMember,
  transferTenant,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { MembershipService } from './membership.service';

@Controller()
export class MembershipController {
  constructor(@Inject(MembershipService) private readonly memberships: MembershipService) {}

  @Handles(listMembers)
  list(request: PageRequest): Promise<MemberPage> {
    return this.memberships.list(request);
  }

  @Handles(changeMemberRole)
  changeRole(request: ChangeMemberRoleRequest): Promise<MemberResponse> {
    return this.memberships.changeRole(request);
  }

  @Handles(removeMember)
  async remove({ userId }: MemberIdRequest): Promise<Nothing> {
    await this.memberships.remove(userId);
    return {};
  }

  @Handles(leaveTenant)
  async leave(_request: Nothing): Promise<Nothing> {
    await this.memberships.leave();
    return {};
  }

  @Handles(transferTenant)
  transfer({ userId }: MemberIdRequest): Promise<MemberResponse> {
    return this.memberships.transfer(userId);
  }
}
