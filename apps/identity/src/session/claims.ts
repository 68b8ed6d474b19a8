import type { AccessTokenClaims, MfaStanding } from '@parley/contracts';
import type { User } from '../account/user.repository';
import type { MemberTenant } from '../tenancy/tenant.repository';
import type { Proof } from './proof.repository';

/** @param adminEmails ADMIN_EMAIL: whose verified addresses make super admins (C-03) */
export function isSuperAdmin(user: User, adminEmails: readonly string[]): boolean {
  if (user.platformRole === 'super_admin') return true;
  return user.emailVerifiedAt !== null && adminEmails.some((email) => email.toLowerCase() === user.email);
}

/** Both axes of C-02: what the person is in the tenant, and whether they run the platform. */
export function claimsOf(
  user: User,
  tenant: MemberTenant,
  sessionId: string,
  adminEmails: readonly string[],
  proof?: Proof,
  mfa?: MfaStanding,
): AccessTokenClaims {
  const roles: AccessTokenClaims['roles'] = [tenant.role];
  if (isSuperAdmin(user, adminEmails)) roles.push('super_admin');
  return {
    sub: user.id,
    sid: sessionId,
    tid: tenant.id,
    roles,
    locale: user.locale,
    ...(proof ? { auth_time: Math.floor(proof.at.getTime() / 1000), amr: proof.methods } : {}),
    ...(mfa ? { mfa } : {}),
  };
}
