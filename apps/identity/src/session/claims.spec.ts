import { newId } from '@parley/contracts';
import type { User } from '../account/user.repository';
import type { MemberTenant } from '../tenancy/tenant.repository';
import { claimsOf } from './claims';
import type { Proof } from './proof.repository';

const VERIFIED = new Date('2026-11-20T14:00:00.000Z');
const user: User = {
  id: newId(),
  email: 'boss@example.com',
  emailVerifiedAt: null,
  passwordHash: null,
  name: 'Boss',
  phone: null,
  platformRole: 'user',
  authProvider: 'email',
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

const proof: Proof = { at: new Date('2026-11-20T14:00:00.900Z'), methods: ['pwd'] };

describe('claims', () => {
  it('name the person, the session, the one active tenant and the role in it', () => {
    expect(claimsOf(user, tenant, 'session', [], proof)).toEqual({
      sub: user.id,
      sid: 'session',
      tid: tenant.id,
      roles: ['admin'],
      locale: 'fr',
      auth_time: 1_795_183_200,
      amr: ['pwd'],
    });
  });

  it('claim no proof where nobody proved to be the person', () => {
    const claims = claimsOf(user, tenant, 's', []);
    expect(claims).not.toHaveProperty('auth_time');
    expect(claims).not.toHaveProperty('amr');
  });

  it('say where the person stands with second factors', () => {
    expect(claimsOf(user, tenant, 's', [], proof, 'due').mfa).toBe('due');
    expect(claimsOf(user, tenant, 's', [], proof)).not.toHaveProperty('mfa');
  });

  it('make a super admin of a platform role', () => {
    const roles = claimsOf({ ...user, platformRole: 'super_admin' }, tenant, 's', [], proof).roles;
    expect(roles).toEqual(['admin', 'super_admin']);
  });

  it('make a super admin of a listed address once it is verified', () => {
    const listed = ['Boss@Example.com'];
    expect(claimsOf(user, tenant, 's', listed, proof).roles).toEqual(['admin']);
    expect(claimsOf({ ...user, emailVerifiedAt: VERIFIED }, tenant, 's', listed, proof).roles).toContain(
      'super_admin',
    );
  });
});
