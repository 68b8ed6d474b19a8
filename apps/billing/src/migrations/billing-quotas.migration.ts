import { protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Quotas of companies and users, modules opened or closed by hand, and what histories are listed by. */
export class BillingQuotas1700002100000 implements MigrationInterface {
  readonly name = 'BillingQuotas1700002100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE minute_quotas (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      user_id uuid,
      meter text NOT NULL,
      total_minutes bigint NOT NULL CHECK (total_minutes >= 0),
      allocated_by uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now())`);
    // Of what is used nothing is stored here: it is summed from usage_records, and cannot drift from them.
    await runner.query(
      'CREATE UNIQUE INDEX minute_quotas_company ON minute_quotas (tenant_id, meter) WHERE user_id IS NULL',
    );
    await runner.query(
      'CREATE UNIQUE INDEX minute_quotas_user ON minute_quotas (tenant_id, meter, user_id) WHERE user_id IS NOT NULL',
    );
    await runner.query('CREATE INDEX minute_quotas_listed ON minute_quotas (tenant_id, id DESC)');
    await runner.query(`CREATE TABLE module_overrides (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      module text NOT NULL,
      allowed boolean NOT NULL,
      expires_at timestamptz,
      granted_by uuid,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, module))`);
    await runner.query('ALTER TABLE holds ADD COLUMN user_id uuid');
    await runner.query(`CREATE INDEX holds_open ON holds (tenant_id, meter) WHERE state = 'open'`);
    await runner.query('CREATE INDEX usage_records_period ON usage_records (tenant_id, period_id, user_id)');
    await runner.query(
      'CREATE INDEX ledger_transactions_when ON ledger_transactions (tenant_id, occurred_at)',
    );
    for (const table of ['minute_quotas', 'module_overrides'])
      await protectTenantTable(runner, 'billing', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ledger_transactions_when, usage_records_period, holds_open');
    await runner.query('ALTER TABLE holds DROP COLUMN user_id');
    await runner.query('DROP TABLE module_overrides, minute_quotas');
  }
}
