import { Bool, Email, Instant, Int, OneOf, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation } from '../rpc';
import { ACCOUNT_STATUSES, type AccountStatus, PLATFORM_ROLES, type PlatformRole } from './account';
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
  @Email({ nullable: true }) ownerEmail: string | null;
  @Instant() createdAt: string;
}

export class ListedTenantPage extends pageOf(ListedTenant) {}

export class ListTenantsRequest extends PageRequest {
  @Text({ optional: true, max: 100, description: SEARCH_HELP }) q?: string;
  @OneOf(TENANT_STATUSES, { optional: true }) status?: TenantStatus;
}

/** A person as the platform's administration sees them. */
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
  @Instant({ nullable: true }) lastLoginAt: string | null;
  @Instant() createdAt: string;
}

export class ListedUserPage extends pageOf(ListedUser) {}

export class ListUsersRequest extends PageRequest {
  @Text({ optional: true, max: 100, description: SEARCH_HELP }) q?: string;
  @OneOf(ACCOUNT_STATUSES, { optional: true }) status?: AccountStatus;
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

export const listUsers = defineOperation({
  name: 'identity.directory.users',
  request: ListUsersRequest,
  response: ListedUserPage,
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
