import { newId } from '@parley/contracts';
import { migrateDown, migrateUp } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { identity } from '../service';
import { Mfa1700001100000 } from './mfa.migration';

const OWN = ['mfa_challenges', 'mfa_passkeys', 'mfa_recovery_codes', 'mfa_totp'];

describe('the schema of second factors', () => {
  const { migrations = [] } = identity;
  const at = migrations.indexOf(Mfa1700001100000);
  const before = migrations.slice(0, at);
  const after = migrations.slice(0, at + 1);
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase([{ ...identity, migrations: before }]);
  });
  afterAll(() => database?.remove());

  const options = () => ({
    service: identity.name,
    ownerUrl: database.ownerUrl,
    roleUrl: database.urlOf('identity'),
    migrations: after,
    jobs: identity.jobs ?? false,
  });
  const ownTables = async (): Promise<string[]> => {
    const rows = await database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity' AND tablename = ANY($1) ORDER BY 1`,
      [OWN],
    );
    return rows.map(({ name }) => name);
  };
  /** As the release before inserts one. */
  const addSession = async (userId: string, tenantId: string): Promise<string> => {
    const id = newId();
    await database.query(
      `INSERT INTO identity.auth_sessions (id, tenant_id, user_id, created_at, last_seen_at, expires_at)
       VALUES ($1, $2, $3, now(), now(), now())`,
      [id, tenantId, userId],
    );
    return id;
  };

  it('goes forth and back, and sessions of the release before have yet to prove something', async () => {
    const [userId, tenantId] = [newId(), newId()];
    await database.query(
      `INSERT INTO identity.users (id, email, name, locale) VALUES ($1, 'a@example.com', 'A', 'en')`,
      [userId],
    );
    await database.query(
      `INSERT INTO identity.tenants (id, slug, name, kind, country, locale, timezone, created_by)
       VALUES ($1, 'a', 'A', 'personal', 'CA', 'en', 'America/Toronto', $2)`,
      [tenantId, userId],
    );
    const old = await addSession(userId, tenantId);

    await migrateUp(options());
    expect(await ownTables()).toEqual(OWN);
    const late = await addSession(userId, tenantId);
    const sessions = await database.query<{ id: string; at: Date; amr: string[] }>(
      'SELECT id, authenticated_at AS at, amr FROM identity.auth_sessions ORDER BY id',
    );
    expect(sessions).toEqual([old, late].sort().map((id) => ({ id, at: new Date(0), amr: ['pwd'] })));

    await migrateDown(options());
    expect(await ownTables()).toEqual([]);
    await expect(addSession(userId, tenantId)).resolves.toBeTruthy();
  });
});
