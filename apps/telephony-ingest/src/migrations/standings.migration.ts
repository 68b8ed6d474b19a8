import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What billing told of each tenant's lines: calls and texts are refused by this alone. */
export class Standings1700001750000 implements MigrationInterface {
  readonly name = 'Standings1700001750000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE line_standings (
      tenant_id uuid NOT NULL,
      line_group text NOT NULL CHECK (line_group IN ('voice', 'sms')),
      state text NOT NULL CHECK (state IN ('ok', 'soft', 'hard', 'grace', 'paused')),
      available bigint,
      version bigint NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, line_group))`);
    await protectTenantTable(runner, 'telephony-ingest', 'line_standings');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE line_standings');
  }
}
