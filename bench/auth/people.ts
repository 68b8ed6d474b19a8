import type { BenchDatabase } from '../harness/database';

/** People with tenants of their own and the demo owner's password. */
export async function insertPeople(database: BenchDatabase, count: number): Promise<string[]> {
  await database.query(
    `WITH person AS (
       INSERT INTO identity.users (id, email, email_verified_at, password_hash, name, locale)
       SELECT gen_random_uuid(), 'bench-' || n || '@example.test', now(), o.password_hash, 'Bench ' || n, 'fr'
       FROM generate_series(1, $1::int) n, identity.users o WHERE o.email = 'owner@demohvac.com'
       RETURNING id, name),
     tenant AS (
       INSERT INTO identity.tenants (id, slug, name, kind, country, locale, timezone, created_by)
       SELECT gen_random_uuid(), replace(lower(name), ' ', '-'), name, 'personal', 'CA', 'fr', 'America/Toronto', id
       FROM person RETURNING id, created_by)
     INSERT INTO identity.memberships (id, tenant_id, user_id, role)
     SELECT gen_random_uuid(), id, created_by, 'owner' FROM tenant`,
    [count],
  );
  return Array.from({ length: count }, (_, index) => `bench-${index + 1}@example.test`);
}
