import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether tenants are suspended, beside their projection: the news may come before the tenant does. */
export class TenantStanding1700001210000 implements MigrationInterface {
  readonly name = 'TenantStanding1700001210000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE tenant_standings (
      tenant_id uuid PRIMARY KEY,
      suspended boolean NOT NULL,
      version int NOT NULL)`);
    await protectTenantTable(runner, 'telephony-ingest', 'tenant_standings');
    await runner.query('ALTER TABLE tenants ADD version int NOT NULL DEFAULT 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tenants DROP version');
    await runner.query('DROP TABLE tenant_standings');
  }
}
