import { type Migration, migrateDown, migrateUp, schemaOf } from '@parley/persistence';
import { type TestDatabase, testDatabase } from '@parley/testing';
import { STATEFUL_SERVICES } from '../apps/standalone/src/services';

/** Everything that a migration can make in schema $1, one line each. */
const DESCRIPTION = `
  SELECT format('column %s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default) AS line
  FROM information_schema.columns WHERE table_schema = $1
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
  UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = $1::regnamespace AND contype <> 'n'
  UNION ALL SELECT format('policy %s.%s %s %s %s', tablename, policyname, roles, qual, with_check)
  FROM pg_policies WHERE schemaname = $1
  UNION ALL SELECT format('row security %s %s %s', relname, relrowsecurity, relforcerowsecurity)
  FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'
  UNION ALL SELECT format('grant %s %s %s', table_name, grantee, privilege_type)
  FROM information_schema.role_table_grants WHERE table_schema = $1
  UNION ALL SELECT format('function %s %s', oid::regprocedure, md5(prosrc))
  FROM pg_proc WHERE pronamespace = $1::regnamespace
  UNION ALL SELECT pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal
  ORDER BY 1`;

const timeOf = (migration: Migration): number => Number(/\d{13}$/.exec(migration.name)?.[0]);

describe('each migration', () => {
  let database: TestDatabase;
  afterEach(() => database.remove());

  it.each(STATEFUL_SERVICES.map((service) => [service.name, service] as const))(
    'of %s can be taken back and made again, and leaves no trace',
    async (name, { migrations = [], jobs = false }) => {
      database = await testDatabase([{ name, jobs }]);
      const { ownerUrl } = database;
      const inOrder = [...migrations].sort((one, other) => timeOf(one) - timeOf(other));
      const step = (count: number) => ({
        service: name,
        ownerUrl,
        roleUrl: database.urlOf(name),
        migrations: inOrder.slice(0, count),
        jobs,
      });
      const schema = async (): Promise<string[]> => {
        const lines = await database.query<{ line: string }>(DESCRIPTION, [schemaOf(name).schema]);
        return lines.map(({ line }) => line);
      };

      const schemas = [await schema()];
      for (let count = 1; count <= inOrder.length; count += 1) {
        await migrateUp(step(count));
        schemas.push(await schema());
      }
      for (let count = inOrder.length; count > 0; count -= 1) {
        await migrateDown(step(count));
        expect(await schema()).toEqual(schemas[count - 1]);
      }
      await migrateUp(step(inOrder.length));
      expect(await schema()).toEqual(schemas[inOrder.length]);
    },
  );
});
