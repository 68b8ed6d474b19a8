import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { ServiceName } from '@parley/contracts';
import { SERVICES } from '@parley/contracts';
import { protectSystemTable } from './row-security';
import { schemaOf } from './service-roles';

/** Tables the messaging kit keeps in every schema. Runs before a service's own migrations. */
export class KitTables1700000000000 implements MigrationInterface {
  readonly name = 'KitTables1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    const service = await currentService(runner);
    await runner.query(`CREATE TABLE outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      event_id uuid NOT NULL UNIQUE,
      type text NOT NULL,
      subject text NOT NULL,
      tenant_id uuid,
      payload jsonb NOT NULL,
      headers jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      attempts int NOT NULL DEFAULT 0,
      next_at timestamptz NOT NULL DEFAULT now(),
      last_error text)`);
    await runner.query(`CREATE TABLE outbox_dead (
      id bigint PRIMARY KEY,
      event_id uuid NOT NULL,
      type text NOT NULL,
      subject text NOT NULL,
      tenant_id uuid,
      payload jsonb NOT NULL,
      headers jsonb NOT NULL,
      attempts int NOT NULL,
      reason text NOT NULL,
      created_at timestamptz NOT NULL,
      died_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE inbox (
      handler text NOT NULL,
      event_id uuid NOT NULL,
      handled_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (handler, event_id))`);
    await runner.query('CREATE INDEX inbox_handled_at ON inbox (handled_at)');
    await runner.query(`CREATE TABLE dead_letters (
      id uuid PRIMARY KEY,
      handler text NOT NULL,
      type text NOT NULL,
      event_id uuid NOT NULL,
      tenant_id uuid,
      payload jsonb NOT NULL,
      headers jsonb NOT NULL,
      reason text NOT NULL,
      attempts int NOT NULL,
      status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'replayed', 'discarded')),
      created_at timestamptz NOT NULL DEFAULT now(),
      handled_at timestamptz,
      handled_by uuid,
      UNIQUE (handler, event_id))`);
    await runner.query('CREATE INDEX dead_letters_status ON dead_letters (status, id)');
    await protectSystemTable(runner, service, 'outbox', { tenantsMayInsert: true });
    await protectSystemTable(runner, service, 'outbox_dead');
    await protectSystemTable(runner, service, 'inbox', { tenantsMayInsert: true });
    await protectSystemTable(runner, service, 'dead_letters');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letters, inbox, outbox_dead, outbox');
  }
}

/** Whose schema the kit's tables are made in. */
export async function currentService(runner: QueryRunner): Promise<ServiceName> {
  return serviceOfSchema(await currentSchema(runner));
}

async function currentSchema(runner: QueryRunner): Promise<string> {
  const rows = (await runner.query('SELECT current_schema AS schema')) as { schema: string }[];
  return rows[0]?.schema ?? '';
}

function serviceOfSchema(schema: string): ServiceName {
  const service = SERVICES.find((name) => schemaOf(name).schema === schema);
  if (!service) throw new Error(`No service owns schema ${schema}`);
  return service;
}
