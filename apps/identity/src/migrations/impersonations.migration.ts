import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Impersonations1700001600000 implements MigrationInterface {
  readonly name = 'Impersonations1700001600000';

  async up(runner: QueryRunner): Promise<void> {
    // Its session is a row of auth_sessions like any other, so that whatever ends sessions of the person or the
    // tenant ends it too. No refresh token belongs to it.
    await runner.query(`CREATE TABLE impersonations (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL REFERENCES tenants (id),
      user_id uuid NOT NULL REFERENCES users (id),
      impersonator_id uuid NOT NULL REFERENCES users (id),
      session_id uuid NOT NULL UNIQUE,
      granting_session_id uuid NOT NULL,
      mode text NOT NULL CHECK (mode IN ('read', 'write')),
      reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
      ended_at timestamptz,
      ended_reason text,
      ended_by uuid,
      concluded_at timestamptz,
      CHECK (user_id <> impersonator_id),
      CHECK ((ended_at IS NULL) = (ended_reason IS NULL)))`);
    await runner.query('CREATE INDEX impersonations_tenant ON impersonations (tenant_id, id DESC)');
    await runner.query('CREATE INDEX impersonations_user ON impersonations (user_id, id DESC)');
    await runner.query(
      'CREATE INDEX impersonations_impersonator ON impersonations (impersonator_id, id DESC)',
    );
    await runner.query(
      'CREATE INDEX impersonations_granted ON impersonations (granting_session_id) WHERE ended_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX impersonations_live ON impersonations (expires_at) WHERE ended_at IS NULL',
    );
    await protectTenantTable(runner, 'identity', 'impersonations');
    await runner.query('ALTER TABLE auth_sessions ADD impersonator_id uuid');
    await runner.query(
      'CREATE INDEX auth_sessions_revoked ON auth_sessions (revoked_at, id) WHERE revoked_at IS NOT NULL',
    );
    // Rows before this one, and those the release before still writes, are of version 1.
    await runner.query(
      'ALTER TABLE audit_logs ADD impersonation_id uuid, ADD version int NOT NULL DEFAULT 1',
    );
    await runner.query(`CREATE INDEX audit_logs_impersonation ON audit_logs (impersonation_id, at DESC, id DESC)
      WHERE impersonation_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_logs DROP impersonation_id, DROP version');
    await runner.query('DROP INDEX auth_sessions_revoked');
    await runner.query('ALTER TABLE auth_sessions DROP impersonator_id');
    await runner.query('DROP TABLE impersonations');
  }
}
