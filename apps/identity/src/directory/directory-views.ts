import type { ListedTenant, ListedUser } from '@parley/contracts';
import type { TenantRow, UserRow } from './directory.repository';

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
