import { Bool, Email, Instant, ListOf, Nested, OneOf, Phone, Text, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';
import { OwnApiKeysShown } from './provider-keys';
import { TENANT_KINDS, type TenantKind } from './tenant-events';

export const MEMBERSHIP_ROLES = ['owner', 'admin', 'user'] as const;
export type MembershipRole = (typeof MEMBERSHIP_ROLES)[number];

export const PLATFORM_ROLES = ['user', 'super_admin'] as const;
export type PlatformRole = (typeof PLATFORM_ROLES)[number];

export const ACCOUNT_STATUSES = ['pending', 'active', 'suspended', 'deleted'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** BR-009 */
export const AUTH_PROVIDERS = ['email', 'google', 'linkedin', 'facebook'] as const;
export type AuthProvider = (typeof AUTH_PROVIDERS)[number];

export class UserResponse {
  @Uuid() id: string;
  @Email({ example: 'owner@demohvac.com' }) email: string;
  @Bool() emailVerified: boolean;
  @Instant({ nullable: true }) emailVerifiedAt: string | null;
  @Text({ max: 200, example: 'Élise Tremblay' }) name: string;
  @Phone({ nullable: true }) phone: string | null;
  @OneOf(PLATFORM_ROLES) platformRole: PlatformRole;
  @OneOf(AUTH_PROVIDERS, { description: 'How the account came to be' }) authProvider: AuthProvider;
  @OneOf(ACCOUNT_STATUSES) status: AccountStatus;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Instant() createdAt: string;
  @Instant({ description: 'When name, phone, language, password or standing last changed' })
  updatedAt: string;
}

/** A tenant as one of its members sees it. */
export class TenantResponse {
  @Uuid() id: string;
  @Text({ max: 64, example: 'tenant-demo-001' }) slug: string;
  @Text({ max: 200, example: 'Demo HVAC' }) name: string;
  @OneOf(TENANT_KINDS) kind: TenantKind;
  @Text({ max: 200, nullable: true }) businessName: string | null;
  @Text({ max: 64, example: 'America/Toronto' }) timezone: string;
  @OneOf(['en', 'fr']) locale: 'en' | 'fr';
  @Text({ min: 2, max: 2, example: 'CA' }) country: string;
  @OneOf(MEMBERSHIP_ROLES, { description: 'The role of the asking user in this tenant' })
  role: MembershipRole;
}

export class MeResponse {
  @Nested(() => UserResponse) user: UserResponse;
  @Nested(() => TenantResponse, { description: 'The tenant the access token is for' }) tenant: TenantResponse;
  @ListOf(() => TenantResponse, { description: 'Every tenant the user is a member of' })
  memberships: TenantResponse[];
  @Nested(() => OwnApiKeysShown, { description: 'Last four characters of the own provider keys' })
  apiKeys: OwnApiKeysShown;
}

export const getMe = defineOperation({
  name: 'identity.me.get',
  service: 'identity',
  request: Nothing,
  response: MeResponse,
});
