import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Calls that asked to be answered, and whether they were: until billing says that it counted a call, its place is taken
 * here. What was told of lines before says nothing of how many may start.
 */
export class CallStarts1700002351000 implements MigrationInterface {
  readonly name = 'CallStarts1700002351000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE line_standings ADD per_start int CHECK (per_start > 0)');
    await runner.query(`CREATE TABLE call_starts (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      provider text NOT NULL,
      provider_call_id text NOT NULL,
      admitted boolean NOT NULL,
      counted boolean NOT NULL DEFAULT false,
      asked_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, provider, provider_call_id))`);
    await runner.query(`CREATE INDEX call_starts_uncounted ON call_starts (tenant_id, asked_at)
      WHERE admitted AND NOT counted`);
    await protectTenantTable(runner, 'telephony-ingest', 'call_starts');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE call_starts');
    await runner.query('ALTER TABLE line_standings DROP per_start');
  }
}
