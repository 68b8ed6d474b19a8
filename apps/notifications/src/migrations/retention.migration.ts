import { createRetentionTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long each tenant keeps its data here. */
export class Retention1700001450000 implements MigrationInterface {
  readonly name = 'Retention1700001450000';

  async up(runner: QueryRunner): Promise<void> {
    await createRetentionTable(runner, 'notifications');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE retention');
  }
}
