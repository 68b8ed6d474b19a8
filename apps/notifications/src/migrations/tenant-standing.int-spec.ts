import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { notifications } from '../service';
import { WebhookTables1700000600000 } from './webhook-tables.migration';
import { TenantStanding1700001210000 } from './tenant-standing.migration';

describe('the schema of standings', () => {
  const migrations = [WebhookTables1700000600000, TenantStanding1700001210000];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase([{ ...notifications, migrations }]);
  });
  afterAll(() => database?.remove());

  const standings = (): Promise<unknown[]> =>
    database.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'notifications' AND tablename = 'tenant_standings'`,
    );

  it('goes back and forth again', async () => {
    const { name: service, jobs = false } = notifications;
    const roleUrl = database.urlOf(service);
    const options = { service, ownerUrl: database.ownerUrl, roleUrl, migrations, jobs };
    expect(await standings()).toHaveLength(1);
    await migrateDown(options);
    expect(await standings()).toEqual([]);
    await migrateUp(options);
    expect(await standings()).toHaveLength(1);
  });
});
