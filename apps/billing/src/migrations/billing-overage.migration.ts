import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['usage_periods', 'subscriptions', 'plan_entitlements'];

/** Whether use beyond a period's allowance has a price: only then does it stay on the meter, to be billed. */
export class BillingOverage1700002350000 implements MigrationInterface {
  readonly name = 'BillingOverage1700002350000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_periods ADD overage_billed boolean NOT NULL DEFAULT false');
    // Forced row-level security holds for the owner as well. Tables without it do not mind.
    const forced = (await runner.query(
      `SELECT relname AS name FROM pg_class WHERE oid = ANY($1::text[]::regclass[]) AND relforcerowsecurity`,
      [TABLES],
    )) as { name: string }[];
    for (const { name } of forced) await runner.query(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`);
    await runner.query(`UPDATE usage_periods p SET overage_billed = true
      FROM subscriptions s JOIN plan_entitlements e ON e.plan_id = s.plan_id
      WHERE s.id = p.subscription_id AND e.meter = p.meter AND e.overage AND e.overage_cents > 0
        AND p.closed_at IS NULL`);
    for (const { name } of forced) await runner.query(`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE usage_periods DROP overage_billed');
  }
}
