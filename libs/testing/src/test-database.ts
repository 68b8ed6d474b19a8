import { createHash, randomBytes } from 'node:crypto';
import type { ServiceName } from '@parley/contracts';
import { KIT_MIGRATIONS, type Migration, migrateJobs, migrateUp, serviceUrl } from '@parley/persistence';
import { Client, Pool } from 'pg';
import { ownerDatabaseUrl } from './servers';

/** What a service needs of its database; a ServiceSpec fits. */
export interface MigratedService {
  name: ServiceName;
  migrations?: Migration[];
  jobs?: boolean;
}

export interface TestDatabase {
  /** The owner's login: for arranging and inspecting, never for the code under test. */
  ownerUrl: string;
  /** The restricted login of one service. */
  urlOf(service: ServiceName): string;
  /** Rows as the owner sees them. */
  query<Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/** Files of one run build each template once; the lock makes the others wait for it. */
const TEMPLATE_LOCK = 5_811_223;

/** A database cloned from a template that was migrated once per set of migrations. */
export async function testDatabase(services: readonly MigratedService[]): Promise<TestDatabase> {
  const template = await migratedTemplate(services);
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  await asOwner('postgres', (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const ownerUrl = withDatabase(name);
  // One connection from beginning to end; the pool lets queries of one moment take turns.
  const owner = new Pool({ connectionString: ownerUrl, max: 1, idleTimeoutMillis: 0 });
  owner.on('error', () => undefined);
  await owner.query('SELECT 1');
  return {
    ownerUrl,
    urlOf: (service) => serviceUrl(ownerUrl, service),
    query: async <Row extends object>(sql: string, parameters: unknown[] = []) => {
      const { rows } = await owner.query<Row>(sql, parameters);
      return rows;
    },
    remove: async () => {
      await owner.end();
      await asOwner('postgres', (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function migratedTemplate(services: readonly MigratedService[]): Promise<string> {
  const print = createHash('sha256')
    .update(
      services
        .map(
          ({ name, migrations = [], jobs }) =>
            `${name}:${jobs ? String(migrateJobs) : ''}:${[...KIT_MIGRATIONS, ...migrations].map(String)}`,
        )
        .join('\n'),
    )
    .digest('hex')
    .slice(0, 12);
  const name = `parley_template_${print}`;
  await asOwner('postgres', async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query(
      'SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate',
      [name],
    );
    if (rowCount) return;
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
    await client.query(`CREATE DATABASE ${name}`);
    const ownerUrl = withDatabase(name);
    for (const { name: service, migrations = [], jobs = false } of services) {
      await migrateUp({ service, ownerUrl, roleUrl: serviceUrl(ownerUrl, service), migrations, jobs });
    }
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
  });
  return name;
}

function withDatabase(name: string): string {
  const url = new URL(ownerDatabaseUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

async function asOwner<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: withDatabase(database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
