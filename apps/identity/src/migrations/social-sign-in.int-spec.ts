import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { identity } from '../service';
import { IdentitySchema1700000200000 } from './identity-schema.migration';
import { SocialSignIn1700001000000 } from './social-sign-in.migration';

const OWN = ['oauth_accounts', 'oauth_states', 'oauth_tickets', 'oauth_used_tokens'];

describe('the schema of social sign-in', () => {
  const migrations = [IdentitySchema1700000200000, SocialSignIn1700001000000];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([{ ...identity, migrations }]);
  });
  afterAll(() => database?.remove());

  const ownParts = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity' AND tablename = ANY($1)
       UNION ALL SELECT column_name FROM information_schema.columns
       WHERE table_schema = 'identity' AND table_name = 'users' AND column_name = 'auth_provider' ORDER BY 1`,
      [OWN],
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth again', async () => {
    const { name: service, jobs = false } = identity;
    const roleUrl = database.urlOf('identity');
    const options = { service, ownerUrl: database.ownerUrl, roleUrl, migrations, jobs };
    expect(await ownParts()).toEqual(['auth_provider', ...OWN]);
    await migrateDown(options);
    expect(await ownParts()).toEqual([]);
    await migrateUp(options);
    expect(await ownParts()).toEqual(['auth_provider', ...OWN]);
  });
});
