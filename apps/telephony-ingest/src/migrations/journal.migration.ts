import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Provider accounts, numbers, the tenants' projection and the webhook journal. */
export class JournalSchema1700000200000 implements MigrationInterface {
  readonly name = 'JournalSchema1700000200000';

  async up(runner: QueryRunner): Promise<void> {
    await createTenants(runner);
    await createConnections(runner);
    await createNumbers(runner);
    await createJournal(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE journal, phone_numbers, provider_connections, tenants');
  }
}

/** What identity told about each tenant. */
async function createTenants(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    locale text NOT NULL CHECK (locale IN ('en', 'fr')),
    country text NOT NULL)`);
  await runner.query('CREATE INDEX tenants_slug ON tenants (slug)');
  await protectTenantTable(runner, 'telephony-ingest', 'tenants', { column: 'id' });
}

/** Secrets are sealed (AES-256-GCM); a connection without tenant is the platform's own account. */
async function createConnections(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE provider_connections (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    provider text NOT NULL CHECK (provider IN ('twilio', 'vapi')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    account_sid text,
    config jsonb NOT NULL DEFAULT '{}',
    secrets bytea NOT NULL,
    previous_secrets bytea,
    previous_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (tenant_id, provider))`);
  await runner.query('CREATE INDEX provider_connections_account ON provider_connections (account_sid)');
  await runner.query(
    `CREATE INDEX provider_connections_assistants ON provider_connections USING gin ((config -> 'assistantIds'))`,
  );
  await protectTenantTable(runner, 'telephony-ingest', 'provider_connections');
}

async function createNumbers(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE phone_numbers (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    e164 text NOT NULL UNIQUE CHECK (e164 ~ '^\\+[1-9][0-9]{6,14}$'),
    provider text NOT NULL CHECK (provider IN ('twilio', 'vapi')),
    provider_number_id text,
    assistant_id text,
    label text,
    routing jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'released')),
    created_at timestamptz NOT NULL DEFAULT now())`);
  await runner.query('CREATE INDEX phone_numbers_tenant ON phone_numbers (tenant_id, created_at)');
  await runner.query('CREATE INDEX phone_numbers_provider_id ON phone_numbers (provider_number_id)');
  await runner.query('CREATE INDEX phone_numbers_assistant ON phone_numbers (assistant_id)');
  await protectTenantTable(runner, 'telephony-ingest', 'phone_numbers');
}

async function createJournal(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE TABLE journal (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    kind text NOT NULL,
    subject text,
    tenant_id uuid,
    connection_id uuid,
    dedupe_key text NOT NULL,
    path text NOT NULL,
    content_type text NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    verified_by text NOT NULL,
    status text NOT NULL
      CHECK (status IN ('received', 'processing', 'deferred', 'processed', 'ignored', 'dead')),
    attempts int NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    last_error text,
    received_at timestamptz NOT NULL,
    processed_at timestamptz,
    replay_count int NOT NULL DEFAULT 0,
    replayed_by uuid,
    UNIQUE NULLS NOT DISTINCT (tenant_id, provider, dedupe_key))`);
  // Bodies of a few kB stay in the row: compressing them or moving them out costs a third of an insert.
  await runner.query('ALTER TABLE journal SET (toast_tuple_target = 8160)');
  // What a worker looks for; stays small because settled rows leave it.
  await runner.query(`CREATE INDEX journal_due ON journal (next_at, id)
    WHERE status IN ('received', 'processing', 'deferred')`);
  // What a person looks for. No index on time: ids are UUIDv7. Every index here slows down the intake.
  await runner.query(
    `CREATE INDEX journal_settled ON journal (status, id) WHERE status IN ('ignored', 'dead')`,
  );
  await protectTenantTable(runner, 'telephony-ingest', 'journal');
}
