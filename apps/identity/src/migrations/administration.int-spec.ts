import { newId } from '@parley/contracts';
import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { identity } from '../service';
import { AccountVerification1700000700000 } from './account-verification.migration';
import { Administration1700001200000 } from './administration.migration';
import { IdentitySchema1700000200000 } from './identity-schema.migration';
import { KeysAndAudit1700000900000 } from './keys-and-audit.migration';
import { TenantMembers1700000800000 } from './tenant-members.migration';

const OWN = ['agency', 'entitlements_version', 'parent_id', 'parent_is_agency', 'suspended_from', 'version'];

describe('the schema of administration', () => {
  const migrations = [
    IdentitySchema1700000200000,
    AccountVerification1700000700000,
    TenantMembers1700000800000,
    KeysAndAudit1700000900000,
    Administration1700001200000,
  ];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([{ ...identity, migrations }]);
  });
  afterAll(() => database?.remove());

  const ownColumns = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'identity' AND table_name = 'tenants' AND column_name = ANY($1) ORDER BY 1`,
      [OWN],
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth again, over tenants of every standing', async () => {
    const { name: service, jobs = false } = identity;
    const roleUrl = database.urlOf('identity');
    const options = { service, ownerUrl: database.ownerUrl, roleUrl, migrations, jobs };
    const [userId, agencyId, clientId] = [newId(), newId(), newId()];
    await database.query(
      `INSERT INTO identity.users (id, email, name, locale) VALUES ('${userId}', 'a@example.com', 'a', 'en')`,
    );
    const columns = 'id, slug, name, kind, country, locale, timezone, created_by';
    for (const [id, slug] of [
      [agencyId, 'agency'],
      [clientId, 'client'],
    ])
      await database.query(
        `INSERT INTO identity.tenants (${columns})
         VALUES ($1, $2, $2, 'company', 'CA', 'fr', 'America/Toronto', $3)`,
        [id, slug, userId],
      );
    await database.query('UPDATE identity.tenants SET agency = true WHERE id = $1', [agencyId]);
    await database.query(`UPDATE identity.tenants SET parent_id = $2, status = 'suspended' WHERE id = $1`, [
      clientId,
      agencyId,
    ]);
    await database.query(
      `INSERT INTO identity.verification_tokens (id, user_id, purpose, token_hash, expires_at, created_at)
       VALUES ($1, $1, 'set_password', '\\x00', now(), now())`,
      [userId],
    );
    expect(await ownColumns()).toEqual(OWN);

    await migrateDown(options);
    expect(await ownColumns()).toEqual([]);

    await migrateUp(options);
    expect(await ownColumns()).toEqual(OWN);
    const rows = await database.query(
      `SELECT slug, agency, parent_id, suspended_from FROM identity.tenants ORDER BY slug`,
    );
    expect(rows).toEqual([
      { slug: 'agency', agency: false, parent_id: null, suspended_from: null },
      { slug: 'client', agency: false, parent_id: null, suspended_from: 'platform' },
    ]);
  });
});
