import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Guards per network, device and session beside those of accounts, and the devices people are known by. */
export class LockoutByPlace1700002330000 implements MigrationInterface {
  readonly name = 'LockoutByPlace1700002330000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE login_door_guards (
      email citext NOT NULL,
      place text NOT NULL,
      failed_at timestamptz[] NOT NULL DEFAULT '{}',
      locked_until timestamptz,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (email, place))`);
    await runner.query('CREATE INDEX login_door_guards_updated_at ON login_door_guards (updated_at)');
    await runner.query(`CREATE TABLE known_devices (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      token_hash bytea NOT NULL UNIQUE,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz)`);
    await runner.query('CREATE INDEX known_devices_user ON known_devices (user_id)');
    // A session that became another by a switch of tenant shares its family with it; null: a family of its own.
    await runner.query('ALTER TABLE auth_sessions ADD family_id uuid');
    await runner.query(
      'CREATE INDEX auth_sessions_family ON auth_sessions (family_id) WHERE family_id IS NOT NULL',
    );
    for (const table of ['login_door_guards', 'known_devices'])
      await protectSystemTable(runner, 'identity', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX auth_sessions_family');
    await runner.query('ALTER TABLE auth_sessions DROP family_id');
    await runner.query('DROP TABLE known_devices, login_door_guards');
  }
}
