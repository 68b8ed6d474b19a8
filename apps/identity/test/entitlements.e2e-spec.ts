import { entitlementsChangedV1, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { type IdentityInTest, startIdentity } from './identity-in-test';
import { invite, openCompany } from './members-in-test';

describe('seats of a plan', () => {
  let identity: IdentityInTest;
  beforeAll(async () => {
    identity = await startIdentity();
  });
  afterAll(async () => {
    await identity?.close();
  });

  const entitle = (tenantId: string, version: number, seats: number | null, id?: string) =>
    identity.tell(
      entitlementsChangedV1,
      tenantId,
      { plans: ['voice.pro'], modules: [], seats, version, effectiveAt: new Date().toISOString() },
      id,
    );
  const limitIs = (tenantId: string, seats: number | null) =>
    eventually(async () => {
      const [row] = await identity.database.query<{ seats: number | null }>(
        'SELECT seat_limit AS seats FROM identity.tenants WHERE id = $1',
        [tenantId],
      );
      expect(row?.seats).toBe(seats);
    });

  it('come with billing’s event and bound invitations', async () => {
    const owner = await openCompany(identity);
    await entitle(owner.tenant.id, 1, 1);
    await limitIs(owner.tenant.id, 1);
    await expect(invite(identity, owner)).rejects.toMatchObject({ code: 'PLAN_REQUIRED' });
    await entitle(owner.tenant.id, 2, null);
    await limitIs(owner.tenant.id, null);
    await expect(invite(identity, owner)).resolves.toHaveProperty('token');
  });

  it('are those of the latest version, however late and often the others come', async () => {
    const { tenant } = await openCompany(identity);
    const id = newId();
    await entitle(tenant.id, 5, 7, id);
    await limitIs(tenant.id, 7);
    await entitle(tenant.id, 4, 3);
    await entitle(tenant.id, 5, 7, id);
    await entitle(tenant.id, 6, 0);
    await limitIs(tenant.id, 1);
  });
});
