import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { billing } from '../service';

const FIRST = ['ledger_accounts', 'ledger_entries', 'ledger_transactions', 'usage_records', 'wallets'];
const OWN = [
  ...FIRST,
  'grant_burns',
  'grants',
  'holds',
  'packs',
  'plans',
  'prices',
  'plan_modules',
  'plan_entitlements',
  'subscriptions',
  'tenant_books',
  'usage_periods',
].sort();

describe('the schema of billing', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([billing]);
  });
  afterAll(() => database?.remove());

  const ownTables = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 AND tablename = ANY($2) ORDER BY 1',
      ['billing', OWN],
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth again', async () => {
    const { name: service, migrations = [], jobs = false } = billing;
    const options = {
      service,
      ownerUrl: database.ownerUrl,
      roleUrl: database.urlOf('billing'),
      migrations,
      jobs,
    };
    expect(await ownTables()).toEqual(OWN);

    for (const _migration of migrations.slice(1)) await migrateDown(options);
    expect(await ownTables()).toEqual(FIRST);
    await migrateDown(options);
    expect(await ownTables()).toEqual([]);

    await migrateUp(options);
    expect(await ownTables()).toEqual(OWN);
  });
});
