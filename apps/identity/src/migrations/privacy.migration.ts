import { protectSystemTable, protectTenantTable, schemaOf } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SERVICE = 'identity';
const PERSONAL_COLUMNS = 'ip, user_agent, before, after, salt';

/** Consents, privacy requests, retention, and an audit trail whose personal fields can be erased. */
export class Privacy1700001400000 implements MigrationInterface {
  readonly name = 'Privacy1700001400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE consents (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id),
      purpose text NOT NULL,
      version text NOT NULL,
      granted boolean NOT NULL,
      source text NOT NULL CHECK (source IN ('account', 'api')),
      ip text,
      user_agent text,
      at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX consents_user ON consents (user_id, at DESC, id DESC)');
    await protectSystemTable(runner, SERVICE, 'consents');
    await this.createRequests(runner);
    await runner.query(`CREATE TABLE tenant_retention (
      tenant_id uuid PRIMARY KEY REFERENCES tenants (id),
      version int NOT NULL,
      calls_days int CHECK (calls_days > 0),
      messages_days int CHECK (messages_days > 0),
      conversations_days int CHECK (conversations_days > 0),
      deliveries_days int CHECK (deliveries_days > 0),
      updated_by uuid,
      updated_at timestamptz NOT NULL)`);
    await protectTenantTable(runner, SERVICE, 'tenant_retention');
    await runner.query('ALTER TABLE audit_logs ADD salt bytea, ADD personal_hash bytea');
    // Acts stay for ever; what they tell of a person may go, and nothing but the hash of it is in the chain.
    const { systemRole } = schemaOf(SERVICE);
    await runner.query(`GRANT UPDATE (${PERSONAL_COLUMNS}) ON audit_logs TO ${systemRole}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { systemRole } = schemaOf(SERVICE);
    await runner.query(`REVOKE UPDATE (${PERSONAL_COLUMNS}) ON audit_logs FROM ${systemRole}`);
    await runner.query('ALTER TABLE audit_logs DROP salt, DROP personal_hash');
    await runner.query('DROP TABLE tenant_retention, privacy_requests, consents');
  }

  private async createRequests(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE privacy_requests (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      user_id uuid NOT NULL REFERENCES users (id),
      kind text NOT NULL CHECK (kind IN ('export', 'erasure')),
      scope text NOT NULL CHECK (scope IN ('me', 'tenant', 'customer')),
      subject_phone text CHECK (subject_phone ~ '^\\+[1-9][0-9]{6,14}$'),
      status text NOT NULL DEFAULT 'received'
        CHECK (status IN ('received', 'running', 'completed', 'failed', 'refused', 'cancelled')),
      reason text,
      whole_tenant_ids uuid[] NOT NULL DEFAULT '{}',
      receipts jsonb NOT NULL DEFAULT '{}',
      requested_at timestamptz NOT NULL,
      execute_at timestamptz NOT NULL,
      due_at timestamptz NOT NULL,
      started_at timestamptz,
      asked_at timestamptz,
      completed_at timestamptz,
      -- Who is told when it is done, sealed; gone then.
      contact_enc bytea,
      archive_key text,
      archive_sha256 text,
      archive_bytes bigint,
      archive_until timestamptz,
      certificate_hash bytea UNIQUE)`);
    await runner.query(`CREATE UNIQUE INDEX privacy_requests_open ON privacy_requests
      (kind, scope, (CASE scope WHEN 'me' THEN user_id ELSE tenant_id END), (coalesce(subject_phone, '')))
      WHERE status IN ('received', 'running')`);
    await runner.query('CREATE INDEX privacy_requests_user ON privacy_requests (user_id, id DESC)');
    await runner.query(`CREATE INDEX privacy_requests_unfinished ON privacy_requests (status, execute_at)
      WHERE status IN ('received', 'running')`);
    await runner.query(
      'CREATE INDEX privacy_requests_archives ON privacy_requests (archive_until) WHERE archive_key IS NOT NULL',
    );
    await protectTenantTable(runner, SERVICE, 'privacy_requests');
  }
}
