import { createRetentionTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long each tenant keeps its data here. */
export class Retention1700001410000 implements MigrationInterface {
  readonly name = 'Retention1700001410000';

  async up(runner: QueryRunner): Promise<void> {
    await createRetentionTable(runner, 'telephony-ingest');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE retention');
  }
}
