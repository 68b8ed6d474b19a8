import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SERVICES } from '@parley/contracts';
import { migrateDown, schemaOf, serviceUrl } from '@parley/persistence';
import { startService } from '@parley/platform';
import { InProcessTransport } from '@parley/messaging';
import { Client } from 'pg';
import { migrateAll, openPlatformDatabase } from './database';
import { environmentOf } from './environment';
import { startLocalSandbox } from './sandbox';
import { seedDemoTenant } from './seed';
import { STATEFUL_SERVICES } from './services';
import { localSecrets, readSettings, type Settings } from './settings';

const USAGE = `Usage:
  npm run db:migrate:create -- <service> <PascalCaseName>
  npm run db:migrate:up
  npm run db:migrate:down -- <service>
  npm run db:reset     drops every schema and role's data, then migrates (not in production)
  npm run db:seed      migrates and adds the demo company`;

const ROOT = resolve(__dirname, '../../../..');

/** Database verbs of development, on DATABASE_URL or the embedded server. */
async function main([verb, ...args]: string[]): Promise<void> {
  const settings = readSettings();
  if (verb === 'migrate:create') return create(args);
  if (!verb || !['migrate:up', 'migrate:down', 'reset', 'seed'].includes(verb)) throw new Error(USAGE);
  const database = await openPlatformDatabase(settings);
  try {
    if (verb === 'migrate:up') await migrateAll(database.ownerUrl);
    if (verb === 'migrate:down') await down(database.ownerUrl, args);
    if (verb === 'reset') await reset(settings, database.ownerUrl);
    if (verb === 'seed') await seed(settings, database.ownerUrl);
  } finally {
    await database.stop();
  }
}

async function down(ownerUrl: string, [name]: string[]): Promise<void> {
  const service = STATEFUL_SERVICES.find((known) => known.name === name);
  if (!service)
    throw new Error(`${USAGE}\n\nServices: ${STATEFUL_SERVICES.map((known) => known.name).join(', ')}`);
  const { migrations, jobs = false } = service;
  await migrateDown({
    service: service.name,
    ownerUrl,
    roleUrl: serviceUrl(ownerUrl, service.name),
    migrations,
    jobs,
  });
}

async function reset(settings: Settings, ownerUrl: string): Promise<void> {
  if (settings.NODE_ENV === 'production') throw new Error('Production data is not reset');
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  for (const service of SERVICES) {
    const { schema, jobsSchema } = schemaOf(service);
    await client.query(`DROP SCHEMA IF EXISTS ${schema}, ${jobsSchema} CASCADE`);
  }
  await client.end();
  await migrateAll(ownerUrl);
}

/** The seed goes through the services' own operations, so they are started for it. */
async function seed(settings: Settings, ownerUrl: string): Promise<void> {
  await migrateAll(ownerUrl);
  const secrets = localSecrets(settings);
  const sandbox = await startLocalSandbox({ ...settings, SANDBOX_PORT: 0 }, secrets);
  const transport = new InProcessTransport();
  const input = {
    settings,
    secrets,
    ownerUrl,
    sandboxUrl: sandbox.url,
    publicUrl: `http://localhost:${settings.PORT}`,
  };
  const running = [];
  for (const spec of STATEFUL_SERVICES) {
    const env = { ...environmentOf(spec.name, input), PORT: '0', ROLE: 'edge' };
    running.push(await startService(spec, { env, transport, quiet: true }));
  }
  await seedDemoTenant(transport, secrets, sandbox.url);
  for (const service of running.reverse()) await service.close();
  await sandbox.close();
}

function create([service, name]: string[]): void {
  const known = SERVICES.find((candidate) => candidate === service);
  if (!known || !name || !/^[A-Z][A-Za-z0-9]+$/.test(name)) throw new Error(USAGE);
  const folder = join(ROOT, 'apps', known, 'src', 'migrations');
  mkdirSync(folder, { recursive: true });
  const kebab = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  const file = join(folder, `${kebab}.migration.ts`);
  if (readdirSync(folder).includes(`${kebab}.migration.ts`)) throw new Error(`${file} exists`);
  const className = `${name}${newestTimestamp(folder) + 100_000_000}`;
  writeFileSync(
    file,
    `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  readonly name = '${className}';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('');
  }
}
`,
  );
  process.stdout.write(`${file}\nList ${className} in ${known}'s service.ts.\n`);
}

/** Migrations run in the order of the number in their name. */
function newestTimestamp(folder: string): number {
  const numbers = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/class \w+?(\d{13}) /g)].map((match) =>
      Number(match[1]),
    ),
  );
  return Math.max(1_700_000_000_000, ...numbers);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
