import { decodeJwt } from 'jose';
import { login, seedDemo, tenantCreatedV1 } from '@parley/contracts';
import { anEmail, type IdentityInTest, PASSWORD, startIdentity } from './identity-in-test';

describe('the demo seed', () => {
  const ADMIN = anEmail();
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity({ ADMIN_EMAIL: `${ADMIN}, owner@demohvac.com` });
  });
  afterAll(async () => {
    await identity?.close();
  });

  const signIn = (email: string, password: string) => identity.ask(login, { email, password });
  const rolesOf = async (email: string, password: string): Promise<unknown> =>
    decodeJwt((await signIn(email, password)).accessToken)['roles'];

  it('makes the demo tenant with its owner, and a super admin', async () => {
    const seeded = await identity.ask(seedDemo, { password: PASSWORD });
    expect(seeded).toMatchObject({ tenantSlug: 'tenant-demo-001', ownerEmail: 'owner@demohvac.com' });
    const { user, tenant } = await signIn(seeded.ownerEmail, PASSWORD);
    expect(user).toMatchObject({ emailVerified: true, platformRole: 'user', locale: 'fr' });
    expect(tenant).toMatchObject({
      id: seeded.tenantId,
      slug: 'tenant-demo-001',
      name: 'Demo HVAC',
      kind: 'company',
      locale: 'fr',
      timezone: 'America/Toronto',
      country: 'CA',
      role: 'owner',
    });
    expect(await rolesOf(seeded.adminEmail, PASSWORD)).toEqual(['owner', 'super_admin']);
  });

  it('sets the password again and makes nothing twice, also when two seed at once', async () => {
    const first = await identity.ask(seedDemo, { password: PASSWORD });
    const again = await Promise.all(
      [1, 2].map(() => identity.ask(seedDemo, { password: 'another good password' })),
    );
    expect(again).toEqual([first, first]);
    await expect(signIn(first.ownerEmail, PASSWORD)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await expect(signIn(first.ownerEmail, 'another good password')).resolves.toHaveProperty('accessToken');
    const told = (await identity.published(tenantCreatedV1.type)).filter(
      ({ meta }) => meta.subject === first.tenantId,
    );
    expect(told).toHaveLength(1);
  });

  it('is unknown in production', async () => {
    const production = await startIdentity(
      { NODE_ENV: 'production', APP_URL: 'https://app.parley.test' },
      identity.database,
    );
    try {
      await expect(production.ask(seedDemo, { password: PASSWORD })).rejects.toMatchObject({
        code: 'UNKNOWN_OPERATION',
      });
    } finally {
      await production.close();
    }
  });

  it('leaves ADMIN_EMAIL to verified addresses', async () => {
    await identity.ask(seedDemo, { password: PASSWORD });
    expect(await rolesOf('owner@demohvac.com', PASSWORD)).toEqual(['owner', 'super_admin']);
    await identity.signUp({ email: ADMIN });
    expect(await rolesOf(ADMIN, PASSWORD)).toEqual(['owner']);
  });
});
