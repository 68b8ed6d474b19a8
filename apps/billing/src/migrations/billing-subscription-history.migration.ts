import { admitSeveralTenants, protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a subscription was and from when, so that a month that is over is judged by what was held in it. */
export class BillingSubscriptionHistory1700002360010 implements MigrationInterface {
  readonly name = 'BillingSubscriptionHistory1700002360010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE subscription_history (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      subscription_id uuid NOT NULL REFERENCES subscriptions,
      plan_id uuid NOT NULL REFERENCES plans,
      status text NOT NULL,
      interval text NOT NULL,
      quantity int NOT NULL,
      from_at timestamptz NOT NULL)`);
    await runner.query(
      'CREATE INDEX subscription_history_of ON subscription_history (subscription_id, from_at)',
    );
    // Forced row security holds for the owner as well.
    await runner.query('ALTER TABLE subscriptions NO FORCE ROW LEVEL SECURITY');
    await runner.query(`INSERT INTO subscription_history (id, tenant_id, subscription_id, plan_id, status, interval,
        quantity, from_at)
      SELECT gen_random_uuid(), tenant_id, id, plan_id, status, interval, quantity, started_at FROM subscriptions`);
    await runner.query('ALTER TABLE subscriptions FORCE ROW LEVEL SECURITY');
    await protectTenantTable(runner, 'billing', 'subscription_history');
    await admitSeveralTenants(runner, 'billing', 'subscription_history');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subscription_history');
  }
}
