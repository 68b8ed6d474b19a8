import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What administrators of the platform filter the audit trail by, across tenants. */
export class AuditSearch1700002310000 implements MigrationInterface {
  readonly name = 'AuditSearch1700002310000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX audit_logs_by_actor ON audit_logs (actor_user_id, at DESC, id DESC) WHERE actor_user_id IS NOT NULL',
    );
    // By code point, so that what acts begin with is a range of it.
    await runner.query(
      'CREATE INDEX audit_logs_by_action ON audit_logs (action COLLATE "C", at DESC, id DESC)',
    );
    await runner.query(
      'CREATE INDEX audit_logs_by_resource ON audit_logs (resource_type, resource_id, at DESC, id DESC)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_logs_by_actor, audit_logs_by_action, audit_logs_by_resource');
  }
}
