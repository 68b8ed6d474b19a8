import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether tenants are suspended: what is sent to their endpoints waits. */
export class TenantStanding1700001210000 implements MigrationInterface {
  readonly name = 'TenantStanding1700001210000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE tenant_standings (
      tenant_id uuid PRIMARY KEY,
      suspended boolean NOT NULL,
      version int NOT NULL)`);
    await protectTenantTable(runner, 'notifications', 'tenant_standings');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant_standings');
  }
}
