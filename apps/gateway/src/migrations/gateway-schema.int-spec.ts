import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { gateway } from '../service';

describe('the schema of the gateway', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([gateway]);
  });
  afterAll(() => database?.remove());

  it('goes back and forth again', async () => {
    const ownTables = async (): Promise<string[]> => {
      const rows = await database.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'gateway' AND tablename LIKE 'http%'`,
      );
      return rows.map(({ name }) => name);
    };
    const { name: service, migrations = [], jobs = false } = gateway;
    const roleUrl = database.urlOf('gateway');
    const options = { service, ownerUrl: database.ownerUrl, roleUrl, migrations, jobs };
    expect(await ownTables()).toEqual(['http_idempotency']);
    await migrateDown(options);
    expect(await ownTables()).toEqual([]);
    await migrateUp(options);
    expect(await ownTables()).toEqual(['http_idempotency']);
  });
});
