import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ServiceName } from '@parley/contracts';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { KIT_MIGRATIONS } from './kit-migrations';
import { migrateJobs } from './jobs-schema';
import { schemaOf } from './service-roles';

export type Migration = new () => MigrationInterface;

export interface MigrateOptions {
  service: ServiceName;
  /** Owner of the schemas; may create roles. Never given to a running service. */
  ownerUrl: string;
  /** The restricted login to create or refresh, with its password. */
  roleUrl: string;
  migrations: Migration[];
  /** Whether the service has durable jobs. */
  jobs?: boolean;
}

const logger = new Logger('Migrations');

/** Schema changes of all services take turns: roles and grants are shared catalogue rows. */
const LOCK = 'SELECT pg_advisory_lock(7265431)';
const UNLOCK = 'SELECT pg_advisory_unlock(7265431)';
const ROLE_ATTEMPTS = 10;

/** Brings one service's schema, roles and tables up to date. Safe to run from several processes at once. */
export async function migrateUp(options: MigrateOptions): Promise<string[]> {
  return withOwner(options, async (owner, runner) => {
    await againIfDisturbed(() => prepareRoles(runner, options));
    const applied = await owner.runMigrations({ transaction: 'each' });
    if (options.jobs) await migrateJobs(runner, options.service, options.ownerUrl);
    for (const { name } of applied) logger.log(`${options.service}: applied ${name}`);
    return applied.map(({ name }) => name);
  });
}

/** Takes back the newest migration of one service. */
export async function migrateDown(options: MigrateOptions): Promise<void> {
  await withOwner(options, (owner) => owner.undoLastMigration({ transaction: 'each' }));
}

async function withOwner<T>(
  options: MigrateOptions,
  work: (owner: DataSource, runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const { schema } = schemaOf(options.service);
  const owner = new DataSource({
    type: 'postgres',
    url: options.ownerUrl,
    schema,
    migrationsTableName: 'migrations',
    migrations: [...KIT_MIGRATIONS, ...options.migrations],
    installExtensions: false,
    applicationName: `parley-migrate-${options.service}`,
    poolSize: 3,
    extra: { options: `-c search_path=${schema},public` },
  });
  await owner.initialize();
  const runner = owner.createQueryRunner();
  try {
    await runner.query(LOCK);
    return await work(owner, runner);
  } finally {
    await runner.query(UNLOCK);
    await runner.release();
    await owner.destroy();
  }
}

/** Roles belong to the whole cluster: migrations of another database there do not wait for our lock. */
async function againIfDisturbed(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const disturbed = /tuple concurrently updated|pg_authid_rolname_index/.test(String(error));
      if (!disturbed || attempt === ROLE_ATTEMPTS) throw error;
      await pause(attempt * 50);
    }
  }
}

/** Schema and roles exist before the first migration, so that default privileges cover every table. */
async function prepareRoles(runner: QueryRunner, { service, roleUrl }: MigrateOptions): Promise<void> {
  const { schema, role, systemRole } = schemaOf(service);
  const login = decodeURIComponent(new URL(roleUrl).username);
  if (login !== role) throw new Error(`The database URL of ${service} must log in as ${role}, not ${login}`);
  const password = decodeURIComponent(new URL(roleUrl).password).replace(/'/g, "''");
  await runner.query('CREATE EXTENSION IF NOT EXISTS citext SCHEMA public');
  await runner.query('CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public');
  await runner.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await createRole(runner, systemRole, 'NOLOGIN');
  await createRole(runner, role, 'LOGIN NOINHERIT');
  await runner.query(`ALTER ROLE ${role} PASSWORD '${password}'`);
  await runner.query(`ALTER ROLE ${role} SET search_path = ${schema}, public`);
  await runner.query(`GRANT ${systemRole} TO ${role}`);
  for (const grantee of [role, systemRole]) {
    await runner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${grantee}`);
    await runner.query(
      `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${grantee}`,
    );
    await runner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${grantee}`);
  }
  await runner.query(`CREATE TABLE IF NOT EXISTS ${schema}.migrations (
    id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL)`);
  await runner.query(`REVOKE ALL ON ${schema}.migrations FROM ${role}, ${systemRole}`);
}

async function createRole(runner: QueryRunner, role: string, attributes: string): Promise<void> {
  const found = (await runner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])) as unknown[];
  if (found.length === 0) await runner.query(`CREATE ROLE ${role} ${attributes}`);
}
