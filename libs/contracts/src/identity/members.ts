import { Email, Instant, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';
import { MEMBERSHIP_ROLES, type MembershipRole } from './account';

/** Roles that can be given; the owner's passes on by transfer only. */
export const GRANTABLE_ROLES = ['admin', 'user'] as const;
export type GrantableRole = (typeof GRANTABLE_ROLES)[number];

export class MemberResponse {
  @Uuid() userId: string;
  @Email({ example: 'elise@plomberie-tremblay.ca' }) email: string;
  @Text({ max: 200, example: 'Élise Tremblay' }) name: string;
  @OneOf(MEMBERSHIP_ROLES) role: MembershipRole;
  @Instant() joinedAt: string;
}

export class MemberPage extends pageOf(MemberResponse) {}

export class MemberIdRequest {
  @Uuid() userId: string;
}

export class ChangeRoleBody {
  @OneOf(GRANTABLE_ROLES) role: GrantableRole;
}

export class ChangeMemberRoleRequest extends ChangeRoleBody {
  @Uuid() userId: string;
}

export const listMembers = defineOperation({
  name: 'identity.members.list',
  service: 'identity',
  request: PageRequest,
  response: MemberPage,
});

/** Ends the member's sessions in this tenant: the role is in their tokens. */
export const changeMemberRole = defineOperation({
  name: 'identity.members.change-role',
  service: 'identity',
  request: ChangeMemberRoleRequest,
  response: MemberResponse,
});

export const removeMember = defineOperation({
  name: 'identity.members.remove',
  service: 'identity',
  request: MemberIdRequest,
  response: Nothing,
});

export const leaveTenant = defineOperation({
  name: 'identity.members.leave',
  service: 'identity',
  request: Nothing,
  response: Nothing,
});

/** Makes another member of a company its owner and the caller an admin. Answers the new owner. */
export const transferTenant = defineOperation({
  name: 'identity.tenants.transfer',
  service: 'identity',
  request: MemberIdRequest,
  response: MemberResponse,
});
