import { admitSeveralTenants } from '@parley/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BALANCE_CHECK } from './billing-schema.migration';

/** What postings touch, and what they look up when a period ends. */
const TABLES = [
  'tenant_books',
  'wallets',
  'grants',
  'grant_burns',
  'usage_periods',
  'holds',
  'usage_records',
  'ledger_accounts',
  'ledger_transactions',
  'ledger_entries',
  'subscriptions',
];
const CHECKED = ['ledger_transactions', 'ledger_entries'];

/**
 * The check of each row at the commit becomes one of each statement at its end. It refuses all that the former refused,
 * and sooner: a transaction comes with its entries in one statement, and whatever adds entries leaves every transaction
 * it touched at zero. A plan kept from when the ledger was small must not read all of it, hence the settings. Rows are looked at while their writer can see them, so leaving the tenant afterwards hides nothing.
 */
const STATEMENT_CHECKS = `
  CREATE FUNCTION refuse_transactions_without_entries() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
  SET enable_mergejoin = off AS $$
  DECLARE
    empty uuid;
  BEGIN
    SELECT id INTO empty FROM added
    WHERE NOT EXISTS (SELECT FROM ledger_entries e WHERE e.transaction_id = added.id) LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'ledger transaction % has no entries and does not sum to zero', empty USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE FUNCTION refuse_unbalanced_entries() RETURNS trigger
  LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
  SET enable_mergejoin = off AS $$
  DECLARE
    unbalanced uuid;
  BEGIN
    SELECT e.transaction_id INTO unbalanced
    FROM (SELECT DISTINCT transaction_id AS id FROM added) touched
    JOIN ledger_entries e ON e.transaction_id = touched.id
    LEFT JOIN ledger_accounts a ON a.id = e.account_id
    GROUP BY e.transaction_id, a.meter HAVING sum(e.amount) <> 0 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'ledger transaction % does not sum to zero', unbalanced USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER ledger_transactions_have_entries AFTER INSERT ON ledger_transactions
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_transactions_without_entries();
  CREATE TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced_entries();`;

/** Lets postings of several tenants share a transaction, and checks them by the statement. */
export class BillingBatches1700002200000 implements MigrationInterface {
  readonly name = 'BillingBatches1700002200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await admitSeveralTenants(runner, 'billing', table);
    for (const table of CHECKED) await runner.query(`DROP TRIGGER ${table}_sum_to_zero ON ${table}`);
    await runner.query('DROP FUNCTION refuse_unbalanced_transaction()');
    await runner.query(STATEMENT_CHECKS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER ledger_transactions_have_entries ON ledger_transactions;
      DROP TRIGGER ledger_entries_sum_to_zero ON ledger_entries;
      DROP FUNCTION refuse_transactions_without_entries(), refuse_unbalanced_entries()`);
    await runner.query(BALANCE_CHECK);
    for (const table of CHECKED) {
      await runner.query(`CREATE CONSTRAINT TRIGGER ${table}_sum_to_zero AFTER INSERT ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transaction()`);
    }
    for (const table of TABLES) await runner.query(`DROP POLICY several_tenants ON ${table}`);
  }
}
