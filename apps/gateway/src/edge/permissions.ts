import type { Role } from '@parley/contracts';

/** Least role that holds each permission. Roles rise: user < admin < owner; super_admin stands beside them. */
export const PERMISSIONS = {
  'account:read': 'user',
  'profile:write': 'user',
  'session:end': 'user',
  'sessions:read': 'user',
  'sessions:write': 'user',
  'password:write': 'user',
  'impersonations:read': 'admin',
  'impersonations:admin': 'super_admin',
  'service-tokens:read': 'admin',
  'service-tokens:write': 'admin',
  'audit:read': 'admin',
  'platform-audit:read': 'super_admin',
  'tenants:create': 'user',
  'tenant:leave': 'user',
  'tenant:transfer': 'owner',
  'members:read': 'admin',
  'members:write': 'admin',
  'account:write': 'user',
  'privacy:read': 'user',
  'privacy:write': 'user',
  'retention:write': 'admin',
  'users:read': 'admin',
  'tenant:write': 'admin',
  'sub-accounts:read': 'admin',
  'sub-accounts:write': 'admin',
  'onboarding:read': 'user',
  'onboardings:admin': 'super_admin',
  'settings:read': 'user',
  'settings:write': 'admin',
  'mfa-policy:write': 'admin',
  'calls:read': 'user',
  'messages:read': 'user',
  'numbers:read': 'user',
  'numbers:write': 'admin',
  'integrations:read': 'admin',
  'integrations:write': 'admin',
  'credits:read': 'user',
  'billing:read': 'user',
  'billing:manage': 'admin',
  'billing:admin': 'super_admin',
  'quotas:write': 'admin',
  'reconciliation:admin': 'super_admin',
  'catalogue:admin': 'super_admin',
  'referrals:read': 'user',
  'referrals:write': 'user',
  'referrals:admin': 'super_admin',
  'analytics:read': 'user',
  'analytics:recompute': 'admin',
  'webhooks:read': 'user',
  'webhooks:write': 'admin',
  'personas:read': 'user',
  'conversations:read': 'user',
  'conversations:write': 'user',
  'tenants:admin': 'super_admin',
  'users:admin': 'super_admin',
  'system-config:read': 'super_admin',
  'system-config:write': 'super_admin',
  'journal:read': 'super_admin',
  'journal:replay': 'super_admin',
  'dead-letters:read': 'super_admin',
  'dead-letters:write': 'super_admin',
} as const satisfies Record<string, Role>;

/** Held by super admins too, whatever they are in their tenant: the service answers each with what is theirs. */
const PLATFORM_TOO: ReadonlySet<string> = new Set<keyof typeof PERMISSIONS>(['users:read']);

export type Permission = keyof typeof PERMISSIONS;

const RANK: Record<Role, number> = { user: 1, admin: 2, owner: 3, super_admin: 0 };

/**
 * Platform permissions are for super admins alone; tenant permissions for members of sufficient rank, and for
 * service tokens with that scope.
 */
export function holds(
  roles: readonly Role[],
  permission: Permission,
  scopes: readonly string[] = [],
): boolean {
  const least: Role = PERMISSIONS[permission];
  if (least === 'super_admin') return roles.includes('super_admin');
  if (PLATFORM_TOO.has(permission) && roles.includes('super_admin')) return true;
  return (
    scopes.includes(permission) || roles.some((role) => role !== 'super_admin' && RANK[role] >= RANK[least])
  );
}
