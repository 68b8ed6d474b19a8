import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Second factors are a person's, not a tenant's: no tenant reads these tables. */
export class Mfa1700001100000 implements MigrationInterface {
  readonly name = 'Mfa1700001100000';

  async up(runner: QueryRunner): Promise<void> {
    // Sessions from before, and of the release before, never proved anything: they step up first.
    await runner.query(`ALTER TABLE auth_sessions
      ADD authenticated_at timestamptz NOT NULL DEFAULT 'epoch',
      ADD amr text[] NOT NULL DEFAULT '{pwd}'`);
    await runner.query('ALTER TABLE tenant_settings ADD require_mfa boolean NOT NULL DEFAULT false');
    await runner.query(`CREATE TABLE mfa_totp (
      user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      key_id text NOT NULL,
      wrapped_key bytea NOT NULL,
      sealed bytea NOT NULL,
      created_at timestamptz NOT NULL,
      confirmed_at timestamptz,
      last_step bigint)`);
    await runner.query(`CREATE TABLE mfa_passkeys (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      credential_id text NOT NULL UNIQUE,
      public_key bytea NOT NULL,
      sign_count bigint NOT NULL CHECK (sign_count >= 0),
      transports text[] NOT NULL,
      synced boolean NOT NULL,
      name text NOT NULL,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz)`);
    await runner.query('CREATE INDEX mfa_passkeys_user ON mfa_passkeys (user_id, id)');
    await runner.query(`CREATE TABLE mfa_recovery_codes (
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      code_hash bytea NOT NULL,
      used_at timestamptz,
      PRIMARY KEY (user_id, code_hash))`);
    await this.createChallenges(runner);
    for (const table of ['mfa_totp', 'mfa_passkeys', 'mfa_recovery_codes', 'mfa_challenges'])
      await protectSystemTable(runner, 'identity', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mfa_challenges, mfa_recovery_codes, mfa_passkeys, mfa_totp');
    await runner.query('ALTER TABLE tenant_settings DROP require_mfa');
    await runner.query('ALTER TABLE auth_sessions DROP authenticated_at, DROP amr');
  }

  /** Tokens are kept as SHA-256. Nobody is named before a passkey says who it is. */
  private async createChallenges(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE mfa_challenges (
      id uuid PRIMARY KEY,
      token_hash bytea NOT NULL UNIQUE,
      purpose text NOT NULL CHECK (purpose IN ('sign_in', 'passwordless', 'step_up', 'registration')),
      user_id uuid REFERENCES users (id) ON DELETE CASCADE,
      tenant_slug text,
      amr text[] NOT NULL DEFAULT '{}',
      ceremony text,
      failures int NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz,
      CHECK ((user_id IS NULL) = (purpose = 'passwordless')))`);
    await runner.query('CREATE INDEX mfa_challenges_user ON mfa_challenges (user_id)');
    await runner.query('CREATE INDEX mfa_challenges_expires_at ON mfa_challenges (expires_at)');
  }
}
