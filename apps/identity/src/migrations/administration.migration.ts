import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agencies, seats by plan, onboardings, links that set a first password, and what administrators search by. */
export class Administration1700001200000 implements MigrationInterface {
  readonly name = 'Administration1700001200000';

  async up(runner: QueryRunner): Promise<void> {
    await this.createAgencies(runner);
    await this.createOnboardings(runner);
    await runner.query('ALTER TABLE verification_tokens DROP CONSTRAINT verification_tokens_purpose_check');
    await runner.query(`ALTER TABLE verification_tokens ADD CONSTRAINT verification_tokens_purpose_check
      CHECK (purpose IN ('verify_email', 'reset_password', 'set_password'))`);
    // Tokens of earlier invitations were shown to who invited, so they prove no mailbox.
    await runner.query(`ALTER TABLE invitations
      ADD mailed boolean NOT NULL DEFAULT false,
      ADD mails int NOT NULL DEFAULT 0`);
    await runner.query(`CREATE INDEX audit_logs_resource
      ON audit_logs (tenant_id, resource_type, resource_id, at DESC, id DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_logs_resource, tenants_kind');
    await runner.query('ALTER TABLE invitations DROP mailed, DROP mails');
    await runner.query(`DELETE FROM verification_tokens WHERE purpose = 'set_password'`);
    await runner.query('ALTER TABLE verification_tokens DROP CONSTRAINT verification_tokens_purpose_check');
    await runner.query(`ALTER TABLE verification_tokens ADD CONSTRAINT verification_tokens_purpose_check
      CHECK (purpose IN ('verify_email', 'reset_password'))`);
    await runner.query('DROP TABLE onboarding_runs');
    // Without the agency they would be admins for ever.
    await runner.query('DELETE FROM memberships WHERE via_agency IS NOT NULL');
    await runner.query('ALTER TABLE memberships DROP via_agency');
    await runner.query(`ALTER TABLE tenants DROP CONSTRAINT tenants_parent_is_agency,
      DROP parent_is_agency, DROP parent_id, DROP agency, DROP suspended_from, DROP version, DROP entitlements_version`);
  }

  /**
   * A parent is an agency and an agency has no parent: the two together, kept by the database, leave neither a second
   * level nor a circle.
   */
  private async createAgencies(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE tenants
      ADD parent_id uuid,
      ADD agency boolean NOT NULL DEFAULT false,
      ADD suspended_from text CHECK (suspended_from IN ('platform', 'agency')),
      ADD version int NOT NULL DEFAULT 1,
      ADD entitlements_version int NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE tenants
      ADD parent_is_agency boolean GENERATED ALWAYS AS (CASE WHEN parent_id IS NOT NULL THEN true END) STORED`);
    await runner.query(`UPDATE tenants SET suspended_from = 'platform' WHERE status = 'suspended'`);
    await runner.query(`ALTER TABLE tenants
      ADD CONSTRAINT tenants_agency_on_top CHECK (NOT agency OR (parent_id IS NULL AND kind = 'company')),
      ADD CONSTRAINT tenants_id_agency UNIQUE (id, agency),
      ADD CONSTRAINT tenants_parent_is_agency FOREIGN KEY (parent_id, parent_is_agency) REFERENCES tenants (id, agency)`);
    await runner.query(
      'CREATE INDEX tenants_parent ON tenants (parent_id, id DESC) WHERE parent_id IS NOT NULL',
    );
    await runner.query('CREATE INDEX tenants_kind ON tenants (kind, id DESC)');
    await runner.query('ALTER TABLE memberships ADD via_agency uuid REFERENCES tenants (id)');
    await runner.query(
      'CREATE INDEX memberships_via_agency ON memberships (via_agency, user_id) WHERE via_agency IS NOT NULL',
    );
  }

  /** The tenant of a compensated run never came to be, so there is no reference to it. */
  private async createOnboardings(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE onboarding_runs (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      kind text NOT NULL CHECK (kind IN ('self', 'quick')),
      status text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'compensated')),
      owner_id uuid,
      company_name text NOT NULL,
      plan_code text,
      steps jsonb NOT NULL,
      created_by uuid,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX onboarding_runs_tenant ON onboarding_runs (tenant_id)');
    await runner.query('CREATE INDEX onboarding_runs_status ON onboarding_runs (status, id DESC)');
    await protectTenantTable(runner, 'identity', 'onboarding_runs');
  }
}
