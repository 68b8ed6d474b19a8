import { newId } from '@parley/contracts';
import type { User } from '../account/user.repository';
import type { MemberTenant } from '../tenancy/tenant.repository';
import { claimsOf } from './claims';

const VERIFIED = new Date('2026-11-20T14:00:00.000Z');
const user: User = {
  id: newId(),
  email: 'boss@example.com',
  emailVerifiedAt: null,
  passwordHash: null,
  name: 'Boss',
  platformRole: 'user',
  status: 'active',
  locale: 'fr',
  createdAt: VERIFIED,
  updatedAt: VERIFIED,
};
const tenant: MemberTenant = {
  id: newId(),
  slug: 'boss',
  name: 'Boss',
  kind: 'personal',
  businessName: null,
  country: 'CA',
  locale: 'fr',
  timezone: 'America/Toronto',
  status: 'active',
  role: 'admin',
};

describe('claims', () => {
  it('name the person, the session, the one active tenant and the role in it', () => {
    expect(claimsOf(user, tenant, 'session', [])).toEqual({
      sub: user.id,
      sid: 'session',
      tid: tenant.id,
      roles: ['admin'],
      locale: 'fr',
    });
  });

  it('make a super admin of a platform role', () => {
    const roles = claimsOf({ ...user, platformRole: 'super_admin' }, tenant, 's', []).roles;
    expect(roles).toEqual(['admin', 'super_admin']);
  });

  it('make a super admin of a listed address once it is verified', () => {
    const listed = ['Boss@Example.com'];
    expect(claimsOf(user, tenant, 's', listed).roles).toEqual(['admin']);
    expect(claimsOf({ ...user, emailVerifiedAt: VERIFIED }, tenant, 's', listed).roles).toContain(
      'super_admin',
    );
  });
});
