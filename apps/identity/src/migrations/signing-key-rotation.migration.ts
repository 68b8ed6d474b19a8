import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = "'active', 'retiring', 'retired'";

/** A key that is published before it signs. */
export class SigningKeyRotation1700002340010 implements MigrationInterface {
  readonly name = 'SigningKeyRotation1700002340010';

  async up(runner: QueryRunner): Promise<void> {
    await this.allow(runner, `'next', ${STATUSES}`);
    await runner.query('ALTER TABLE signing_keys ADD activated_at timestamptz');
    await runner.query(
      `CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (status) WHERE status = 'next'`,
    );
  }

  /** The next key has signed nothing yet. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM signing_keys WHERE status = 'next'`);
    await runner.query('DROP INDEX signing_keys_one_next');
    await runner.query('ALTER TABLE signing_keys DROP activated_at');
    await this.allow(runner, STATUSES);
  }

  private async allow(runner: QueryRunner, statuses: string): Promise<void> {
    await runner.query('ALTER TABLE signing_keys DROP CONSTRAINT signing_keys_status_check');
    await runner.query(
      `ALTER TABLE signing_keys ADD CONSTRAINT signing_keys_status_check CHECK (status IN (${statuses}))`,
    );
  }
}
