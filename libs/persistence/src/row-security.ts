import type { QueryRunner } from 'typeorm';
import type { ServiceName } from '@parley/contracts';
import { schemaOf } from './service-roles';

/** Compared once per statement, not per row; NULL, and so no row at all, when no tenant is set. */
const TENANT = `(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)`;

/** The tenants a transaction of several named; NULL, and so no row at all, when it named none. */
const TENANTS = `(SELECT string_to_array(nullif(current_setting('app.tenant_ids', true), ''), ',')::uuid[])::uuid[]`;

/**
 * Walls around a tenant table: forced row-level security by `tenant_id`; the system role sees all. With
 * `shared`, rows whose tenant is null are readable by everybody and written by the platform only.
 */
export async function protectTenantTable(
  runner: QueryRunner,
  service: ServiceName,
  table: string,
  options: { column?: string; shared?: boolean } = {},
): Promise<void> {
  const { column = 'tenant_id', shared = false } = options;
  const { schema, systemRole } = schemaOf(service);
  const name = `${schema}.${table}`;
  const own = `${column} = ${TENANT}`;
  await forceRowSecurity(runner, name);
  const visible = shared ? `${own} OR ${column} IS NULL` : own;
  if (shared) {
    await runner.query(`CREATE POLICY tenant_read ON ${name} FOR SELECT USING (${visible})`);
    await runner.query(`CREATE POLICY tenant_insert ON ${name} FOR INSERT WITH CHECK (${own})`);
    await runner.query(
      `CREATE POLICY tenant_update ON ${name} FOR UPDATE USING (${own}) WITH CHECK (${own})`,
    );
    await runner.query(`CREATE POLICY tenant_delete ON ${name} FOR DELETE USING (${own})`);
  } else {
    await runner.query(`CREATE POLICY tenant_rows ON ${name} USING (${own}) WITH CHECK (${own})`);
  }
  await runner.query(`CREATE POLICY system_rows ON ${name} TO ${systemRole} USING (true) WITH CHECK (true)`);
}

/** Lets `Database.forTenants` at rows of the tenants it names. For tables where every statement names its tenant. */
export async function admitSeveralTenants(
  runner: QueryRunner,
  service: ServiceName,
  table: string,
  options: { readOnly?: boolean } = {},
): Promise<void> {
  const named = `tenant_id = ANY (${TENANTS})`;
  const name = `${schemaOf(service).schema}.${table}`;
  const what = options.readOnly ? `FOR SELECT USING (${named})` : `USING (${named}) WITH CHECK (${named})`;
  await runner.query(`CREATE POLICY several_tenants ON ${name} ${what}`);
}

/** For tables that no tenant may read: only the system role sees rows. */
export async function protectSystemTable(
  runner: QueryRunner,
  service: ServiceName,
  table: string,
  options: { tenantsMayInsert?: boolean } = {},
): Promise<void> {
  const { schema, role, systemRole } = schemaOf(service);
  const name = `${schema}.${table}`;
  await forceRowSecurity(runner, name);
  await runner.query(`CREATE POLICY system_rows ON ${name} TO ${systemRole} USING (true) WITH CHECK (true)`);
  if (options.tenantsMayInsert) {
    await runner.query(`CREATE POLICY tenant_insert ON ${name} FOR INSERT TO ${role} WITH CHECK (true)`);
  }
}

async function forceRowSecurity(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
  await runner.query(`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`);
}

/** Rows of these tables are never changed or removed, not even by mistake. */
export async function makeAppendOnly(
  runner: QueryRunner,
  service: ServiceName,
  table: string,
): Promise<void> {
  const { schema, role, systemRole } = schemaOf(service);
  await runner.query(`REVOKE UPDATE, DELETE, TRUNCATE ON ${schema}.${table} FROM ${role}, ${systemRole}`);
}
