import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Customers that were deleted at Stripe and replaced: refunds and disputes of what they paid still come. */
export class BillingFormerCustomers1700002370020 implements MigrationInterface {
  readonly name = 'BillingFormerCustomers1700002370020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE former_customers (
      stripe_customer_id text PRIMARY KEY,
      tenant_id uuid NOT NULL,
      replaced_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query('CREATE INDEX former_customers_of ON former_customers (tenant_id)');
    await protectTenantTable(runner, 'billing', 'former_customers');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE former_customers');
  }
}
