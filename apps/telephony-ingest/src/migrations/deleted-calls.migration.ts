import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids of calls that were deleted, whoever deleted them: what was charged for them was charged rightly. */
export class DeletedCalls1700002390000 implements MigrationInterface {
  readonly name = 'DeletedCalls1700002390000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE deleted_calls (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      deleted_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query('CREATE INDEX deleted_calls_when ON deleted_calls (deleted_at)');
    await protectTenantTable(runner, 'telephony-ingest', 'deleted_calls');
    await runner.query(`CREATE FUNCTION remember_deleted_calls() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO telephony.deleted_calls (id, tenant_id) SELECT id, tenant_id FROM gone ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$`);
    await runner.query(`CREATE TRIGGER calls_deleted AFTER DELETE ON calls
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION remember_deleted_calls()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER calls_deleted ON calls');
    await runner.query('DROP FUNCTION remember_deleted_calls');
    await runner.query('DROP TABLE deleted_calls');
  }
}
