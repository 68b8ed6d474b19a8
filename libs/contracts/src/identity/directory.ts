import { Bool, Email, Instant, Int, ListOf, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import { BillingSummary, SUMMARIES_MAX } from '../billing/subscriptions';
import {
  ACCOUNT_STATUSES,
  type AccountStatus,
  MEMBERSHIP_ROLES,
  type MembershipRole,
  PLATFORM_ROLES,
  type PlatformRole,
} from './account';
import { TENANT_KINDS, type TenantKind } from './tenant-events';

export const TENANT_STATUSES = ['active', 'suspended', 'deleted'] as const;
export type TenantStatus = (typeof TENANT_STATUSES)[number];

const SEARCH_HELP = 'What a name, slug or e-mail address begins with, in either case';

/** A tenant as the platform's administration sees it. */
export class ListedTenant {
  @Uuid() id: string;
  @Text({ max: 64, example: 'tenant-demo-001' }) slug: string;
  @Text({ max: 200, example: 'Demo HVAC' }) name: string;
  @OneOf(TENANT_KINDS) kind: TenantKind;
  @OneOf(TENANT_STATUSES) status: TenantStatus;
  @Text({ nullable: true, max: 500 }) suspendedReason: string | null;
  @Instant({ nullable: true }) suspendedAt: string | null;
  @Int({ nullable: true, min: 1, description: 'null: as many members as it likes' }) seatLimit: number | null;
  @Int({ min: 0 }) memberCount: number;
  @Email({ nullable: true, description: 'null: its agency owns it' }) ownerEmail: string | null;
  @Bool({ description: 'Whether it may have sub-accounts' }) agency: boolean;
  @Uuid({ nullable: true, description: 'The agency whose sub-account it is' }) parentId: string | null;
  @Instant() createdAt: string;
}

export class ListedTenantPage extends pageOf(ListedTenant) {}

export class ListTenantsRequest extends PageRequest {
  @Text({ optional: true, max: 100, description: SEARCH_HELP }) q?: string;
  @OneOf(TENANT_STATUSES, { optional: true }) status?: TenantStatus;
  @OneOf(TENANT_KINDS, { optional: true }) kind?: TenantKind;
  @Uuid({ optional: true, description: 'Sub-accounts of this agency' }) parentId?: string;
}

export class TenantDetails extends ListedTenant {
  @Text({ nullable: true, max: 200 }) businessName: string | null;
  @Text({ max: 64 }) timezone: string;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Text({ min: 2, max: 2 }) country: string;
  @Int({ min: 0 }) subAccountCount: number;
  @Int({ min: 0, description: 'Open invitations' }) invitationCount: number;
  @Int({ min: 0, description: 'Sessions that go on' }) sessionCount: number;
}

/** A person as administrators see them; to those of a tenant, what is not the tenant's is empty. */
export class ListedUser {
  @Uuid() id: string;
  @Email() email: string;
  @Bool() emailVerified: boolean;
  @Text({ max: 200, example: 'Élise Tremblay' }) name: string;
  @OneOf(PLATFORM_ROLES) platformRole: PlatformRole;
  @OneOf(ACCOUNT_STATUSES) status: AccountStatus;
  @Text({ nullable: true, max: 500 }) suspendedReason: string | null;
  @Instant({ nullable: true }) suspendedAt: string | null;
  @Int({ min: 0, description: 'Tenants this person is a member of' }) tenantCount: number;
  @OneOf(MEMBERSHIP_ROLES, { nullable: true, description: 'In the tenant that the list is of' })
  role: MembershipRole | null;
  @Instant({ nullable: true }) lastLoginAt: string | null;
  @Instant() createdAt: string;
}

export class ListedUserPage extends pageOf(ListedUser) {}

export class ListUsersRequest extends PageRequest {
  @Text({ optional: true, max: 100, description: SEARCH_HELP }) q?: string;
  @OneOf(ACCOUNT_STATUSES, { optional: true }) status?: AccountStatus;
  @OneOf([...MEMBERSHIP_ROLES, 'super_admin'], {
    optional: true,
    description: 'super_admin is the platform’s; others are had in the tenant of the list, or in any',
  })
  role?: MembershipRole | 'super_admin';
  @Uuid({ optional: true, description: 'Members of this tenant; for its own admins always their own' })
  tenantId?: string;
}

export class UserMembership {
  @Uuid() tenantId: string;
  @Text({ max: 64 }) slug: string;
  @Text({ max: 200 }) name: string;
  @OneOf(TENANT_KINDS) kind: TenantKind;
  @OneOf(TENANT_STATUSES) status: TenantStatus;
  @OneOf(MEMBERSHIP_ROLES) role: MembershipRole;
  @Uuid({ nullable: true, description: 'The agency on whose behalf' }) agencyId: string | null;
  @Instant() joinedAt: string;
}

export class UserDetails extends ListedUser {
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Bool({ description: 'Whether a password was ever chosen' }) hasPassword: boolean;
  @Int({ min: 0, description: 'Sessions that go on' }) sessionCount: number;
  @ListOf(() => UserMembership) memberships: UserMembership[];
}

export class UserOverview extends UserDetails {
  @ListOf(() => BillingSummary, {
    nullable: true,
    max: SUMMARIES_MAX,
    description:
      'Plans and use of the tenants of the memberships, the first 20; null while billing cannot be asked',
  })
  billing: BillingSummary[] | null;
}

export class SuspensionBody {
  @Text({
    max: 500,
    description: 'For the record; not shown to whom it concerns',
    example: 'Payment disputed',
  })
  reason: string;
}

export class SubjectIdRequest {
  @Uuid() id: string;
}

export class UpdateUserBody {
  @OneOf(['active', 'suspended']) status: 'active' | 'suspended';
  @Text({ optional: true, max: 500, description: 'Of a suspension; for the record' }) reason?: string;
}

export class UpdateUserRequest extends UpdateUserBody {
  @Uuid() id: string;
}

export class UpdateListedTenantBody {
  @Bool({ description: 'Whether it may have sub-accounts; one that has some stays an agency' })
  agency: boolean;
}

export class UpdateListedTenantRequest extends UpdateListedTenantBody {
  @Uuid() id: string;
}

export class SuspendRequest extends SuspensionBody {
  @Uuid() id: string;
}

const ADMINISTRATION = { service: 'identity', role: 'super_admin' } as const;

export const listTenants = defineOperation({
  name: 'identity.directory.tenants',
  request: ListTenantsRequest,
  response: ListedTenantPage,
  ...ADMINISTRATION,
});

/** Ends every session in the tenant. Suspending the suspended changes nothing. */
export const suspendTenant = defineOperation({
  name: 'identity.tenants.suspend',
  request: SuspendRequest,
  response: ListedTenant,
  ...ADMINISTRATION,
});

export const reactivateTenant = defineOperation({
  name: 'identity.tenants.reactivate',
  request: SubjectIdRequest,
  response: ListedTenant,
  ...ADMINISTRATION,
});

export const getTenant = defineOperation({
  name: 'identity.directory.tenant',
  request: SubjectIdRequest,
  response: TenantDetails,
  ...ADMINISTRATION,
});

export const updateListedTenant = defineOperation({
  name: 'identity.directory.update-tenant',
  request: UpdateListedTenantRequest,
  response: TenantDetails,
  ...ADMINISTRATION,
});

/** Everybody, for super admins; for admins of a tenant, its members (BR-014). */
export const listUsers = defineOperation({
  name: 'identity.directory.users',
  service: 'identity',
  request: ListUsersRequest,
  response: ListedUserPage,
});

export const getUser = defineOperation({
  name: 'identity.directory.user',
  request: SubjectIdRequest,
  response: UserDetails,
  ...ADMINISTRATION,
});

/** Suspends or reactivates (IM-14). */
export const updateUser = defineOperation({
  name: 'identity.users.update',
  request: UpdateUserRequest,
  response: ListedUser,
  ...ADMINISTRATION,
});

/** Ends every session of the person. Suspending the suspended changes nothing. */
export const suspendUser = defineOperation({
  name: 'identity.users.suspend',
  request: SuspendRequest,
  response: ListedUser,
  ...ADMINISTRATION,
});

export const reactivateUser = defineOperation({
  name: 'identity.users.reactivate',
  request: SubjectIdRequest,
  response: ListedUser,
  ...ADMINISTRATION,
});
