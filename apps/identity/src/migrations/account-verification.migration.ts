import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens that go out by mail: kept as SHA-256, good for one use. */
export class AccountVerification1700000700000 implements MigrationInterface {
  readonly name = 'AccountVerification1700000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE verification_tokens (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
      token_hash bytea NOT NULL UNIQUE,
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz,
      created_at timestamptz NOT NULL)`);
    await runner.query(
      'CREATE INDEX verification_tokens_user ON verification_tokens (user_id, purpose, created_at)',
    );
    await runner.query('CREATE INDEX verification_tokens_expires_at ON verification_tokens (expires_at)');
    await protectSystemTable(runner, 'identity', 'verification_tokens');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE verification_tokens');
  }
}
