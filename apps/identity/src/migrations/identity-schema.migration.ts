import { protectSystemTable, protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SERVICE = 'identity';

export class IdentitySchema1700000200000 implements MigrationInterface {
  readonly name = 'IdentitySchema1700000200000';

  async up(runner: QueryRunner): Promise<void> {
    await this.createPeopleAndTenants(runner);
    await this.createSessions(runner);
    await runner.query(`CREATE TABLE signing_keys (
      kid text PRIMARY KEY,
      alg text NOT NULL DEFAULT 'RS256' CHECK (alg = 'RS256'),
      public_pem text NOT NULL,
      private_enc bytea NOT NULL,
      status text NOT NULL CHECK (status IN ('active', 'retiring', 'retired')),
      created_at timestamptz NOT NULL,
      retiring_at timestamptz,
      retired_at timestamptz)`);
    await runner.query(
      `CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (status) WHERE status = 'active'`,
    );
    for (const table of ['users', 'login_guards', 'login_attempts', 'signing_keys']) {
      await protectSystemTable(runner, SERVICE, table);
    }
    await protectTenantTable(runner, SERVICE, 'tenants', { column: 'id' });
    for (const table of ['memberships', 'tenant_settings', 'auth_sessions', 'refresh_tokens']) {
      await protectTenantTable(runner, SERVICE, table);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE signing_keys, login_attempts, login_guards, refresh_tokens, auth_sessions,
      tenant_settings, memberships, tenants, users`);
  }

  private async createPeopleAndTenants(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE users (
      id uuid PRIMARY KEY,
      email citext NOT NULL UNIQUE,
      email_verified_at timestamptz,
      password_hash text,
      name text NOT NULL,
      platform_role text NOT NULL DEFAULT 'user' CHECK (platform_role IN ('user', 'super_admin')),
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('pending', 'active', 'suspended', 'deleted')),
      locale text NOT NULL CHECK (locale IN ('en', 'fr')),
      last_login_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE tenants (
      id uuid PRIMARY KEY,
      slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 64),
      name text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('personal', 'company')),
      business_name text,
      country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
      locale text NOT NULL CHECK (locale IN ('en', 'fr')),
      timezone text NOT NULL,
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
      created_by uuid NOT NULL REFERENCES users (id),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE memberships (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL REFERENCES tenants (id),
      user_id uuid NOT NULL REFERENCES users (id),
      role text NOT NULL CHECK (role IN ('owner', 'admin', 'user')),
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'invited', 'removed')),
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, user_id))`);
    await runner.query('CREATE INDEX memberships_user ON memberships (user_id)');
    await runner.query(`CREATE TABLE tenant_settings (
      tenant_id uuid PRIMARY KEY REFERENCES tenants (id),
      post_call_sms_enabled boolean NOT NULL DEFAULT false,
      post_call_sms_template text,
      post_call_sms_delay_seconds int NOT NULL DEFAULT 60 CHECK (post_call_sms_delay_seconds >= 0),
      review_request_enabled boolean NOT NULL DEFAULT false,
      review_request_template text,
      google_review_url text,
      business_hours jsonb,
      transfer_number text CHECK (transfer_number ~ '^\\+[1-9][0-9]{6,14}$'),
      updated_by uuid,
      updated_at timestamptz NOT NULL DEFAULT now())`);
  }

  private async createSessions(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE auth_sessions (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL REFERENCES tenants (id),
      user_id uuid NOT NULL REFERENCES users (id),
      ip inet,
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz,
      revoked_reason text,
      CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)))`);
    await runner.query(
      'CREATE INDEX auth_sessions_user ON auth_sessions (user_id, created_at DESC, id DESC)',
    );
    await runner.query('CREATE INDEX auth_sessions_expires_at ON auth_sessions (expires_at)');
    // The family of tokens of one session. At most one is unused: the current one.
    await runner.query(`CREATE TABLE refresh_tokens (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      session_id uuid NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
      parent_id uuid REFERENCES refresh_tokens (id) ON DELETE CASCADE,
      token_hash bytea NOT NULL UNIQUE,
      created_at timestamptz NOT NULL,
      used_at timestamptz,
      successor_enc bytea)`);
    await runner.query(
      `CREATE UNIQUE INDEX refresh_tokens_current ON refresh_tokens (session_id) WHERE used_at IS NULL`,
    );
    await runner.query('CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id)');
    await runner.query('CREATE INDEX refresh_tokens_parent ON refresh_tokens (parent_id)');
    // By address, not by user: addresses without an account lock alike (BR-004).
    await runner.query(`CREATE TABLE login_guards (
      email citext PRIMARY KEY,
      failed_at timestamptz[] NOT NULL DEFAULT '{}',
      locked_until timestamptz,
      updated_at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX login_guards_updated_at ON login_guards (updated_at)');
    await runner.query(`CREATE TABLE login_attempts (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      email citext NOT NULL,
      user_id uuid,
      ip inet,
      succeeded boolean NOT NULL,
      at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX login_attempts_email ON login_attempts (email, at DESC)');
    await runner.query('CREATE INDEX login_attempts_at ON login_attempts (at)');
  }
}
