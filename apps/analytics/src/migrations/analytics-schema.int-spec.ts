import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { analytics } from '../service';

const OWN = ['call_facts', 'daily_metrics', 'message_facts', 'tenants'];

describe('the schema of analytics', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([analytics]);
  });
  afterAll(() => database?.remove());

  const ownTables = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 AND tablename = ANY($2) ORDER BY 1',
      ['analytics', OWN],
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth again', async () => {
    const { name: service, migrations = [], jobs = false } = analytics;
    const options = {
      service,
      ownerUrl: database.ownerUrl,
      roleUrl: database.urlOf('analytics'),
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
