import { makeAppendOnly, protectTenantTable } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Sums by meter, so that credits never pay for seconds. Also refuses a transaction whose entries cannot be seen:
 * leaving a tenant before the commit must not leave the check with nothing to look at.
 */
export const BALANCE_CHECK = `
  CREATE FUNCTION refuse_unbalanced_transaction() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  DECLARE
    posted uuid;
  BEGIN
    IF TG_TABLE_NAME = 'ledger_entries' THEN posted := NEW.transaction_id; ELSE posted := NEW.id; END IF;
    IF NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = posted) OR EXISTS (
      SELECT FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
      WHERE e.transaction_id = posted GROUP BY a.meter HAVING sum(e.amount) <> 0)
    THEN
      RAISE EXCEPTION 'ledger transaction % does not sum to zero', posted USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$`;

export class BillingSchema1700000100000 implements MigrationInterface {
  readonly name = 'BillingSchema1700000100000';

  async up(runner: QueryRunner): Promise<void> {
    await this.createLedger(runner);
    await this.createProjections(runner);
    for (const table of ['ledger_accounts', 'ledger_transactions', 'ledger_entries']) {
      await protectTenantTable(runner, 'billing', table);
      await makeAppendOnly(runner, 'billing', table);
    }
    for (const table of ['wallets', 'usage_records']) await protectTenantTable(runner, 'billing', table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE usage_records, wallets, ledger_entries, ledger_transactions, ledger_accounts',
    );
    await runner.query('DROP FUNCTION refuse_unbalanced_transaction()');
  }

  private async createLedger(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE ledger_accounts (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      code text NOT NULL,
      meter text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, code),
      UNIQUE (tenant_id, id))`);
    await runner.query(`CREATE TABLE ledger_transactions (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      number bigint NOT NULL CHECK (number > 0),
      kind text NOT NULL CHECK (kind IN ('purchase', 'usage', 'bonus', 'admin_adjustment', 'refund')),
      natural_key text NOT NULL,
      description text NOT NULL,
      call_id uuid,
      occurred_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, natural_key),
      UNIQUE (tenant_id, number),
      UNIQUE (tenant_id, id))`);
    await runner.query(
      'CREATE INDEX ledger_transactions_kind ON ledger_transactions (tenant_id, kind, number)',
    );
    await runner.query(`CREATE TABLE ledger_entries (
      transaction_id uuid NOT NULL,
      account_id uuid NOT NULL,
      tenant_id uuid NOT NULL,
      amount bigint NOT NULL CHECK (amount <> 0),
      balance_after bigint,
      PRIMARY KEY (transaction_id, account_id),
      FOREIGN KEY (tenant_id, transaction_id) REFERENCES ledger_transactions (tenant_id, id),
      FOREIGN KEY (tenant_id, account_id) REFERENCES ledger_accounts (tenant_id, id))`);
    await runner.query('CREATE INDEX ledger_entries_account ON ledger_entries (account_id)');
    await runner.query(BALANCE_CHECK);
    for (const table of ['ledger_transactions', 'ledger_entries']) {
      await runner.query(`CREATE CONSTRAINT TRIGGER ${table}_sum_to_zero AFTER INSERT ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transaction()`);
    }
  }

  private async createProjections(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE wallets (
      tenant_id uuid PRIMARY KEY,
      balance bigint NOT NULL DEFAULT 0,
      version bigint NOT NULL DEFAULT 0,
      opened_at timestamptz,
      first_used_at timestamptz,
      low_notified_at timestamptz,
      updated_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE usage_records (
      id uuid PRIMARY KEY,
      tenant_id uuid NOT NULL,
      source_type text NOT NULL,
      source_id text NOT NULL,
      source_version bigint NOT NULL,
      meter text NOT NULL,
      quantity bigint NOT NULL CHECK (quantity >= 0),
      raw_seconds int NOT NULL CHECK (raw_seconds >= 0),
      provider_cost_cents bigint CHECK (provider_cost_cents >= 0),
      occurred_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, source_type, source_id, meter))`);
  }
}
