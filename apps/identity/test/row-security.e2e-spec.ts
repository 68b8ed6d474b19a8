import { putSettings } from '@parley/contracts';
import { Client } from 'pg';
import { callerOf, type IdentityInTest, startIdentity } from './identity-in-test';

const TENANT_TABLES = ['tenants', 'memberships', 'tenant_settings', 'auth_sessions', 'refresh_tokens'];
const PLATFORM_TABLES = [
  'users',
  'login_guards',
  'login_door_guards',
  'known_devices',
  'login_attempts',
  'signing_keys',
];

describe('the login role of the service', () => {
  let identity: IdentityInTest;
  let raw: Client;
  beforeAll(async () => {
    identity = await startIdentity();
    raw = new Client({ connectionString: identity.database.urlOf('identity') });
    await raw.connect();
  });
  afterAll(async () => {
    await raw?.end();
    await identity?.close();
  });

  const count = async (table: string): Promise<number> => {
    const { rows } = await raw.query<{ n: number }>(`SELECT count(*)::int AS n FROM identity.${table}`);
    return rows[0]?.n ?? -1;
  };

  it('sees nothing without a tenant, and one tenant’s rows with one', async () => {
    const [mine] = [await identity.signUp(), await identity.signUp()];
    await identity.ask(putSettings, { postCallSmsEnabled: true }, callerOf(mine));
    for (const table of [...TENANT_TABLES, ...PLATFORM_TABLES])
      expect([table, await count(table)]).toEqual([table, 0]);
    await raw.query(`SELECT set_config('app.tenant_id', $1, false)`, [mine.tenant.id]);
    for (const table of TENANT_TABLES) expect([table, await count(table)]).toEqual([table, 1]);
    for (const table of PLATFORM_TABLES) expect([table, await count(table)]).toEqual([table, 0]);
  });
});
