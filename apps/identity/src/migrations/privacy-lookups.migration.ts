import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds a person's acts (privacy/audit-rows.ts) and a tenant's requests without reading everybody's. */
export class PrivacyLookups1700002300001 implements MigrationInterface {
  readonly name = 'PrivacyLookups1700002300001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX audit_logs_impersonator ON audit_logs (impersonator_id)
      WHERE impersonator_id IS NOT NULL`);
    await runner.query('CREATE INDEX privacy_requests_tenant ON privacy_requests (tenant_id, id DESC)');
    await runner.query(`CREATE INDEX audit_logs_invited
      ON audit_logs (lower(coalesce(after ->> 'email', before ->> 'email'))) WHERE resource_type = 'invitation'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_logs_impersonator, audit_logs_invited, privacy_requests_tenant');
  }
}
