import type { ListedTenant, ListedUser, TenantDetails, UserDetails } from '@parley/contracts';
import type {
  MembershipRow,
  TenantDetailsRow,
  TenantRow,
  UserDetailsRow,
  UserRow,
} from './directory.repository';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

export const toListedTenant = (row: TenantRow): ListedTenant => ({
  ...row,
  suspendedAt: iso(row.suspendedAt),
  createdAt: row.createdAt.toISOString(),
});

export const toListedUser = (row: UserRow): ListedUser => ({
  ...row,
  suspendedAt: iso(row.suspendedAt),
  lastLoginAt: iso(row.lastLoginAt),
  createdAt: row.createdAt.toISOString(),
});

/** What admins of a tenant see of its members: nothing about the person elsewhere. */
export const toListedMember = (row: UserRow): ListedUser => ({
  ...toListedUser(row),
  platformRole: 'user',
  suspendedReason: null,
  suspendedAt: null,
  lastLoginAt: null,
  tenantCount: 1,
});

export const toTenantDetails = (row: TenantDetailsRow): TenantDetails => ({
  ...row,
  suspendedAt: iso(row.suspendedAt),
  createdAt: row.createdAt.toISOString(),
});

export const toUserDetails = (row: UserDetailsRow, memberships: readonly MembershipRow[]): UserDetails => ({
  ...row,
  suspendedAt: iso(row.suspendedAt),
  lastLoginAt: iso(row.lastLoginAt),
  createdAt: row.createdAt.toISOString(),
  memberships: memberships.map(({ joinedAt, ...membership }) => ({
    ...membership,
    joinedAt: joinedAt.toISOString(),
  })),
});
