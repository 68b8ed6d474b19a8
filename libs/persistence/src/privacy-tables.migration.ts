import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectSystemTable, protectTenantTable } from './row-security';
import { currentService } from './kit-tables.migration';

/** What every service keeps to export and erase personal data, and to remember which tenants are gone. */
export class PrivacyTables1700000000001 implements MigrationInterface {
  readonly name = 'PrivacyTables1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    const service = await currentService(runner);
    // One request's work here: where it stands, so that it goes on there after a crash.
    await runner.query(`CREATE TABLE privacy_tasks (
      request_id uuid PRIMARY KEY,
      kind text NOT NULL CHECK (kind IN ('export', 'erasure')),
      subject jsonb NOT NULL,
      step int NOT NULL DEFAULT 0,
      after text,
      pass int NOT NULL DEFAULT 1,
      pass_changed bigint NOT NULL DEFAULT 0,
      barrier xid8,
      counts jsonb NOT NULL DEFAULT '{}',
      parts jsonb NOT NULL DEFAULT '[]',
      started_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz)`);
    // No event of these tenants is handled any more: late ones must not bring anything back.
    await runner.query(`CREATE TABLE erased_tenants (
      tenant_id uuid PRIMARY KEY,
      erased_at timestamptz NOT NULL DEFAULT now())`);
    await protectSystemTable(runner, service, 'privacy_tasks');
    await protectTenantTable(runner, service, 'erased_tenants');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erased_tenants, privacy_tasks');
  }
}
