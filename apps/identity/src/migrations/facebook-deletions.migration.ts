import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** That a deletion was asked for at Facebook and done; not whose. */
export class FacebookDeletions1700002395000 implements MigrationInterface {
  readonly name = 'FacebookDeletions1700002395000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE facebook_deletions (
      code uuid PRIMARY KEY,
      completed_at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX facebook_deletions_when ON facebook_deletions (completed_at)');
    await protectSystemTable(runner, 'identity', 'facebook_deletions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE facebook_deletions');
  }
}
