import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { identity } from '../service';
import { IdentitySchema1700000200000 } from './identity-schema.migration';
import { SystemConfig1700001300000 } from './system-config.migration';

const OWN = ['system_config_versions', 'user_provider_keys'];

describe('the schema of system configuration and provider keys', () => {
  const migrations = [IdentitySchema1700000200000, SystemConfig1700001300000];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([{ ...identity, migrations }]);
  });
  afterAll(() => database?.remove());

  const ownTables = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity' AND tablename = ANY($1) ORDER BY 1`,
      [OWN],
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth again', async () => {
    const { name: service, jobs = false } = identity;
    const options = {
      service,
      ownerUrl: database.ownerUrl,
      roleUrl: database.urlOf('identity'),
      migrations,
      jobs,
    };
    expect(await ownTables()).toEqual(OWN);

    await migrateDown(options);
    expect(await ownTables()).toEqual([]);

    await migrateUp(options);
    expect(await ownTables()).toEqual(OWN);
  });
});
