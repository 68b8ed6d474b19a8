import { makeAppendOnly, protectSystemTable, schemaOf } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SERVICE = 'identity';

export class SystemConfig1700001300000 implements MigrationInterface {
  readonly name = 'SystemConfig1700001300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE auth_sessions ADD COLUMN place text');
    await this.createSystemConfig(runner);
    await this.createProviderKeys(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_provider_keys, system_config_versions');
    await runner.query('ALTER TABLE auth_sessions DROP COLUMN place');
  }

  /** The newest version of a key is what holds; no envelope means back to the environment. */
  private async createSystemConfig(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE system_config_versions (
      id uuid PRIMARY KEY,
      key text NOT NULL,
      version int NOT NULL CHECK (version > 0),
      change text NOT NULL CHECK (change IN ('set', 'rolled_back', 'removed')),
      key_id text,
      wrapped_key bytea,
      sealed bytea,
      last_four text CHECK (length(last_four) = 4),
      restores int,
      reason text,
      changed_by uuid,
      changed_at timestamptz NOT NULL,
      UNIQUE (key, version),
      CHECK (num_nulls(key_id, wrapped_key, sealed) IN (0, 3)),
      CHECK (change <> 'removed' OR sealed IS NULL))`);
    await protectSystemTable(runner, SERVICE, 'system_config_versions');
    await makeAppendOnly(runner, SERVICE, 'system_config_versions');
    // The one thing that may change about a version: which master key its data key lies under.
    const { schema, systemRole } = schemaOf(SERVICE);
    await runner.query(
      `GRANT UPDATE (key_id, wrapped_key) ON ${schema}.system_config_versions TO ${systemRole}`,
    );
  }

  /** A person's, in whatever tenant they are: no tenant's session may read it. */
  private async createProviderKeys(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE user_provider_keys (
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      provider text NOT NULL,
      key_id text NOT NULL,
      wrapped_key bytea NOT NULL,
      sealed bytea NOT NULL,
      last_four text NOT NULL CHECK (length(last_four) = 4),
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (user_id, provider))`);
    await protectSystemTable(runner, SERVICE, 'user_provider_keys');
  }
}
