import { makeAppendOnly, protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SERVICE = 'identity';

export class KeysAndAudit1700000900000 implements MigrationInterface {
  readonly name = 'KeysAndAudit1700000900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE auth_sessions ADD COLUMN user_agent text');
    await this.createApiKeys(runner);
    await this.createAudit(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_logs, audit_heads, api_keys');
    await runner.query('ALTER TABLE auth_sessions DROP COLUMN user_agent');
  }

  private async createApiKeys(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE api_keys (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL REFERENCES tenants (id),
      name text NOT NULL,
      prefix text NOT NULL UNIQUE,
      secret_hash bytea NOT NULL,
      previous_hash bytea,
      previous_good_until timestamptz,
      scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
      networks text[] NOT NULL DEFAULT '{}',
      limit_per_minute int CHECK (limit_per_minute > 0),
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz,
      created_by uuid,
      created_at timestamptz NOT NULL,
      CHECK ((previous_hash IS NULL) = (previous_good_until IS NULL)))`);
    await runner.query(
      'CREATE INDEX api_keys_tenant ON api_keys (tenant_id, created_at DESC, id DESC) WHERE revoked_at IS NULL',
    );
    await protectTenantTable(runner, SERVICE, 'api_keys');
  }

  private async createAudit(runner: QueryRunner): Promise<void> {
    // Milliseconds, as hashed: finer digits could be changed unseen.
    await runner.query(`CREATE TABLE audit_logs (
      id uuid PRIMARY KEY,
      chain uuid NOT NULL,
      seq bigint NOT NULL CHECK (seq > 0),
      tenant_id uuid,
      at timestamptz(3) NOT NULL,
      action text NOT NULL,
      resource_type text NOT NULL,
      resource_id text,
      actor_user_id uuid,
      actor_key_id uuid,
      impersonator_id uuid,
      ip text,
      user_agent text,
      request_id text NOT NULL,
      before jsonb,
      after jsonb,
      hash bytea NOT NULL,
      UNIQUE (chain, seq))`);
    await runner.query('CREATE INDEX audit_logs_at ON audit_logs (at DESC, id DESC)');
    await runner.query('CREATE INDEX audit_logs_tenant ON audit_logs (tenant_id, at DESC, id DESC)');
    await runner.query('CREATE INDEX audit_logs_action ON audit_logs (tenant_id, action, at DESC, id DESC)');
    await runner.query(
      'CREATE INDEX audit_logs_actor ON audit_logs (tenant_id, actor_user_id, at DESC, id DESC)',
    );
    // Where each chain stands: the last rows cannot go unseen either.
    await runner.query(`CREATE TABLE audit_heads (
      chain uuid PRIMARY KEY,
      seq bigint NOT NULL,
      hash bytea NOT NULL)`);
    await protectTenantTable(runner, SERVICE, 'audit_logs');
    await protectTenantTable(runner, SERVICE, 'audit_heads', { column: 'chain' });
    await makeAppendOnly(runner, SERVICE, 'audit_logs');
  }
}
