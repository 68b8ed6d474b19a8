import type { ServiceName } from '@parley/contracts';
import { runMigrations } from 'graphile-worker';
import type { QueryRunner } from 'typeorm';
import { schemaOf } from './service-roles';

/**
 * Tables of graphile-worker beside a service's own, open to its system role only. Tenant transactions enqueue
 * through one function that runs as the owner, so that a job commits with the state that asked for it.
 */
export async function migrateJobs(
  runner: QueryRunner,
  service: ServiceName,
  ownerUrl: string,
): Promise<void> {
  const { schema, role, systemRole, jobsSchema } = schemaOf(service);
  await runMigrations({ connectionString: ownerUrl, schema: jobsSchema });
  await runner.query(`GRANT USAGE ON SCHEMA ${jobsSchema} TO ${systemRole}`);
  await runner.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${jobsSchema} TO ${systemRole}`,
  );
  await runner.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${jobsSchema} TO ${systemRole}`);
  const tables = (await runner.query(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relrowsecurity`,
    [jobsSchema],
  )) as { name: string }[];
  for (const { name } of tables) {
    await runner.query(`DROP POLICY IF EXISTS system_rows ON ${jobsSchema}.${name}`);
    await runner.query(
      `CREATE POLICY system_rows ON ${jobsSchema}.${name} TO ${systemRole} USING (true) WITH CHECK (true)`,
    );
  }
  // add_job adds nothing, and says so by no id, when a worker takes the waiting job of the same key at that very
  // moment. What we were told since then would be lost with it; asked again, it adds a job beside the running one.
  await runner.query(`CREATE OR REPLACE FUNCTION ${schema}.enqueue_job(
      task text, payload json, queue text, due timestamptz, attempts int, key text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${jobsSchema}, pg_temp AS $$
      DECLARE
        added bigint;
      BEGIN
        WHILE added IS NULL LOOP
          SELECT job.id INTO added FROM ${jobsSchema}.add_job(task, payload, queue, due, attempts, key) job;
        END LOOP;
      END
    $$`);
  const signature = `${schema}.enqueue_job(text, json, text, timestamptz, int, text)`;
  await runner.query(`REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC`);
  await runner.query(`GRANT EXECUTE ON FUNCTION ${signature} TO ${role}, ${systemRole}`);
}
