import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { identity } from '../service';
import { IdentitySchema1700000200000 } from './identity-schema.migration';
import { Impersonations1700001600000 } from './impersonations.migration';
import { KeysAndAudit1700000900000 } from './keys-and-audit.migration';

const OWN = ['audit_logs.impersonation_id', 'audit_logs.version', 'auth_sessions.impersonator_id'];

describe('the schema of impersonations', () => {
  const migrations = [IdentitySchema1700000200000, KeysAndAudit1700000900000, Impersonations1700001600000];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([{ ...identity, migrations }]);
  });
  afterAll(() => database?.remove());

  const own = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
       WHERE table_schema = 'identity' AND (table_name || '.' || column_name = ANY($1)
         OR (table_name = 'impersonations' AND column_name = 'id')) ORDER BY 1`,
      [OWN],
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth again', async () => {
    const { name: service, jobs = false } = identity;
    const roleUrl = database.urlOf('identity');
    const options = { service, ownerUrl: database.ownerUrl, roleUrl, migrations, jobs };
    const all = [...OWN, 'impersonations.id'];
    expect(await own()).toEqual(all);

    await migrateDown(options);
    expect(await own()).toEqual([]);

    await migrateUp(options);
    expect(await own()).toEqual(all);
  });
});
