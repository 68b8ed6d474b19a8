import { newId } from '@parley/contracts';
import { Pool } from 'pg';
import { serveTasks } from '../harness/worker';
import { type LedgerTask, type PostingResult, repeat } from './ledger-task';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
let tenants: string[] = [];

/** What a counter of credits would do at the least: one row added, one balance changed, together. */
serveTasks<LedgerTask, PostingResult | undefined>(async (task) => {
  if (task.verb === 'open') {
    await pool.query(`CREATE TABLE bare_wallets (tenant_id uuid PRIMARY KEY, balance bigint NOT NULL);
      CREATE TABLE bare_entries (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, amount bigint NOT NULL,
        description text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
      CREATE INDEX ON bare_entries (tenant_id, created_at)`);
    tenants = Array.from({ length: task.tenants }, () => newId());
    await pool.query('INSERT INTO bare_wallets SELECT unnest($1::uuid[]), 1000000000', [tenants]);
    return undefined;
  }
  if (task.verb === 'read') throw new Error('Nothing to read here');
  let next = 0;
  return repeat(task.concurrency, task.seconds * 1000, () => post(tenants[next++ % task.tenants] ?? ''));
});

async function post(tenantId: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      'INSERT INTO bare_entries (id, tenant_id, amount, description) VALUES ($1, $2, -1, $3)',
      [newId(), tenantId, 'Call of 0:42'],
    );
    await client.query('UPDATE bare_wallets SET balance = balance - 1 WHERE tenant_id = $1', [tenantId]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
