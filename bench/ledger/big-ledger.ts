import { newId } from '@parley/contracts';
import { say } from '../harness/bench';
import type { BenchDatabase } from '../harness/database';

const TENANTS = 1_000;
/** Rows per statement. */
const BATCH = 250_000;

/**
 * Books of many tenants, made by SQL: `entries` entries, two per transaction. The checks of each row are left out while
 * they are made, as when a backup is restored.
 * @returns one of the tenants
 */
export async function fillLedger(database: BenchDatabase, entries: number): Promise<string> {
  const tenants = Array.from({ length: TENANTS }, () => newId());
  const transactions = Math.ceil(entries / 2);
  const perTenant = Math.ceil(transactions / TENANTS);
  await database.query("SET session_replication_role = 'replica'");
  await database.query(
    `CREATE TABLE bench_tenants AS
    SELECT row_number() OVER () - 1 AS nth, id AS tenant_id, gen_random_uuid() AS wallet, gen_random_uuid() AS consumed
    FROM unnest($1::uuid[]) AS id`,
    [tenants],
  );
  await database.query(
    `INSERT INTO billing.tenant_books (tenant_id, postings, opened_at)
    SELECT tenant_id, $1, now() FROM bench_tenants`,
    [perTenant],
  );
  await database.query(
    `INSERT INTO billing.wallets (tenant_id, meter, balance, version)
    SELECT tenant_id, 'credits', -$1::bigint, $1::bigint FROM bench_tenants`,
    [perTenant],
  );
  await database.query(`INSERT INTO billing.ledger_accounts (id, tenant_id, code, meter)
    SELECT wallet, tenant_id, 'credits:wallet', 'credits' FROM bench_tenants UNION ALL
    SELECT consumed, tenant_id, 'credits:consumed', 'credits' FROM bench_tenants`);
  for (let from = 0; from < transactions; from += BATCH) {
    const to = Math.min(from + BATCH, transactions) - 1;
    await database.query(
      `WITH made AS (
         INSERT INTO billing.ledger_transactions (id, tenant_id, number, kind, natural_key, description, occurred_at)
         SELECT gen_random_uuid(), t.tenant_id, n / $3 + 1, 'usage', 'bench:' || n, 'Call of 0:42', now()
         FROM generate_series($1::bigint, $2::bigint) n JOIN bench_tenants t ON t.nth = n % $3
         RETURNING id, tenant_id, number)
       INSERT INTO billing.ledger_entries (transaction_id, account_id, tenant_id, amount, balance_after)
       SELECT made.id, side.account_id, made.tenant_id, side.amount, side.balance_after
       FROM made JOIN bench_tenants t USING (tenant_id)
       CROSS JOIN LATERAL (VALUES (t.wallet, -1, -made.number), (t.consumed, 1, NULL)) side (account_id, amount, balance_after)`,
      [from, to, TENANTS],
    );
    say(`ledger: ${((to + 1) * 2).toLocaleString('en')} entries`);
  }
  await database.query("SET session_replication_role = 'origin'");
  await database.query('ANALYZE billing.ledger_transactions, billing.ledger_entries, billing.wallets');
  return tenants[0] ?? '';
}
