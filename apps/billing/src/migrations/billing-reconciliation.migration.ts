import { protectSystemTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs over all tenants, and what each found. No tenant reads them; repairs write what they did beside it. */
export class BillingReconciliation1700002110000 implements MigrationInterface {
  readonly name = 'BillingReconciliation1700002110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE reconciliation_runs (
      id uuid PRIMARY KEY,
      trigger text NOT NULL CHECK (trigger IN ('schedule', 'manual')),
      triggered_by uuid,
      status text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
      phase text CHECK (phase IN ('calls', 'records', 'aggregates', 'ledger', 'stripe')),
      -- Where the next batch begins: what a killed process left is taken up there.
      cursor text,
      threshold_pct int NOT NULL CHECK (threshold_pct >= 0),
      window_start timestamptz NOT NULL,
      window_end timestamptz NOT NULL,
      calls_checked bigint NOT NULL DEFAULT 0,
      records_checked bigint NOT NULL DEFAULT 0,
      periods_checked bigint NOT NULL DEFAULT 0,
      tenants_checked bigint NOT NULL DEFAULT 0,
      payments_checked bigint NOT NULL DEFAULT 0,
      error text,
      started_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      CHECK ((status = 'running') = (finished_at IS NULL)),
      CHECK ((status = 'running') = (phase IS NOT NULL)))`);
    await runner.query(
      `CREATE UNIQUE INDEX reconciliation_runs_one ON reconciliation_runs (status) WHERE status = 'running'`,
    );
    await runner.query(`CREATE TABLE reconciliation_items (
      id uuid PRIMARY KEY,
      run_id uuid NOT NULL,
      tenant_id uuid,
      kind text NOT NULL,
      meter text,
      subject text NOT NULL,
      found bigint NOT NULL,
      expected bigint NOT NULL,
      flagged boolean NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('repaired', 'alerted')),
      before jsonb,
      after jsonb,
      told_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (run_id, kind, subject))`);
    await runner.query(
      'CREATE INDEX reconciliation_items_listed ON reconciliation_items (run_id, flagged, id)',
    );
    await runner.query(
      'CREATE INDEX reconciliation_items_untold ON reconciliation_items (run_id, id) WHERE told_at IS NULL',
    );
    // What one source was charged, over its first posting and all corrections.
    await runner.query(`CREATE INDEX ledger_transactions_source
      ON ledger_transactions (tenant_id, split_part(natural_key, ':usage', 1)) WHERE kind = 'usage'`);
    await runner.query(`CREATE INDEX ledger_transactions_cash ON ledger_transactions (tenant_id, reference)
      WHERE kind IN ('payment', 'refund', 'dispute')`);
    await protectSystemTable(runner, 'billing', 'reconciliation_runs');
    await protectSystemTable(runner, 'billing', 'reconciliation_items', { tenantsMayInsert: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ledger_transactions_cash, ledger_transactions_source');
    await runner.query('DROP TABLE reconciliation_items, reconciliation_runs');
  }
}
