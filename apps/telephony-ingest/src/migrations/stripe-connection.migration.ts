import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHECK = 'provider_connections_provider_check';

/** The platform's own account with Stripe signs webhooks too. */
export class StripeConnection1700001800000 implements MigrationInterface {
  readonly name = 'StripeConnection1700001800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE provider_connections DROP CONSTRAINT ${CHECK},
      ADD CONSTRAINT ${CHECK} CHECK (provider IN ('twilio', 'vapi') OR (provider = 'stripe' AND tenant_id IS NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM provider_connections WHERE provider = 'stripe'`);
    await runner.query(`ALTER TABLE provider_connections DROP CONSTRAINT ${CHECK},
      ADD CONSTRAINT ${CHECK} CHECK (provider IN ('twilio', 'vapi'))`);
  }
}
