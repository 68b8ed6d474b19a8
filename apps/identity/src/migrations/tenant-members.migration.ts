import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TenantMembers1700000800000 implements MigrationInterface {
  readonly name = 'TenantMembers1700000800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE tenants
      ADD seat_limit int CHECK (seat_limit > 0),
      ADD suspended_at timestamptz,
      ADD suspended_by uuid,
      ADD suspended_reason text`);
    await runner.query(`ALTER TABLE users
      ADD suspended_at timestamptz,
      ADD suspended_by uuid,
      ADD suspended_reason text`);
    await runner.query('ALTER TABLE memberships ADD invited_by uuid REFERENCES users (id)');
    await runner.query(`CREATE UNIQUE INDEX memberships_one_owner ON memberships (tenant_id)
      WHERE role = 'owner' AND status = 'active'`);
    await runner.query('CREATE INDEX memberships_list ON memberships (tenant_id, id DESC)');
    await runner.query(
      'CREATE INDEX auth_sessions_live ON auth_sessions (tenant_id, user_id) WHERE revoked_at IS NULL',
    );
    await this.indexDirectory(runner);
    await runner.query(`CREATE TABLE invitations (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL REFERENCES tenants (id),
      email citext NOT NULL,
      role text NOT NULL CHECK (role IN ('admin', 'user')),
      token_hash bytea NOT NULL UNIQUE,
      invited_by uuid NOT NULL REFERENCES users (id),
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      accepted_at timestamptz,
      accepted_by uuid REFERENCES users (id),
      revoked_at timestamptz,
      CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
      CHECK (accepted_at IS NULL OR revoked_at IS NULL))`);
    await runner.query(`CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email)
      WHERE accepted_at IS NULL AND revoked_at IS NULL`);
    await runner.query(`CREATE INDEX invitations_list ON invitations (tenant_id, id DESC)
      WHERE accepted_at IS NULL AND revoked_at IS NULL`);
    await runner.query('CREATE INDEX invitations_expires_at ON invitations (expires_at)');
    await protectTenantTable(runner, 'identity', 'invitations');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE invitations');
    await runner.query(`DROP INDEX users_directory_name, users_directory_email, users_directory_status,
      tenants_directory_name, tenants_directory_slug, tenants_directory_status, auth_sessions_live,
      memberships_list, memberships_one_owner`);
    await runner.query('ALTER TABLE memberships DROP invited_by');
    for (const table of ['users', 'tenants']) {
      await runner.query(`ALTER TABLE ${table} DROP suspended_at, DROP suspended_by, DROP suspended_reason`);
    }
    await runner.query('ALTER TABLE tenants DROP seat_limit');
  }

  /** Searches look for beginnings, in lower case. */
  private async indexDirectory(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX tenants_directory_name ON tenants (lower(name) text_pattern_ops)');
    await runner.query('CREATE INDEX tenants_directory_slug ON tenants (slug text_pattern_ops)');
    await runner.query('CREATE INDEX tenants_directory_status ON tenants (status, id DESC)');
    await runner.query('CREATE INDEX users_directory_name ON users (lower(name) text_pattern_ops)');
    await runner.query('CREATE INDEX users_directory_email ON users (lower(email::text) text_pattern_ops)');
    await runner.query('CREATE INDEX users_directory_status ON users (status, id DESC)');
  }
}
