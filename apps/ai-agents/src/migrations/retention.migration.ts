import { createRetentionTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long each tenant keeps its data here. */
export class Retention1700001420000 implements MigrationInterface {
  readonly name = 'Retention1700001420000';

  async up(runner: QueryRunner): Promise<void> {
    await createRetentionTable(runner, 'ai-agents');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE retention');
  }
}
