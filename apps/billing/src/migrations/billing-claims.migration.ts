import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is subscribing a tenant to a product line at this moment: one, so that Stripe never bills two. */
export class BillingClaims1700002370000 implements MigrationInterface {
  readonly name = 'BillingClaims1700002370000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE subscription_claims (
      tenant_id uuid NOT NULL,
      product_line text NOT NULL,
      holder uuid NOT NULL,
      -- Names the request to Stripe: asked again after no answer, it is the same one.
      attempt_id uuid NOT NULL,
      offer text NOT NULL,
      unanswered boolean NOT NULL DEFAULT false,
      held_until timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, product_line))`);
    await protectTenantTable(runner, 'billing', 'subscription_claims');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subscription_claims');
  }
}
