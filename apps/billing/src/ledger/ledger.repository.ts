import { Injectable } from '@nestjs/common';
import { newId, type TransactionKind, type WalletDiscrepancy } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type LedgerEntry, type Posting, WALLET } from './ledger';

/** A transaction as its wallet sees it. `number` counts a tenant's transactions without gaps. */
export interface StatementRow {
  id: string;
  number: string;
  kind: TransactionKind;
  amount: string;
  balanceAfter: string;
  description: string;
  callId: string | null;
  occurredAt: Date;
  createdAt: Date;
}

export interface StatementQuery {
  tenantId: string;
  kind?: TransactionKind;
  /** Only transactions before this one. */
  before?: number;
  limit: number;
}

/** The books. Everything here only ever adds rows. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /** @returns the id of the transaction, or undefined when its natural key was posted before */
  async post(posting: Posting, number: number, entries: readonly LedgerEntry[]): Promise<string | undefined> {
    const { tenantId, kind, naturalKey, description, callId, occurredAt } = posting;
    const id = newId();
    const added = await this.database.execute(
      `INSERT INTO ledger_transactions
         (id, tenant_id, number, kind, natural_key, description, call_id, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, natural_key) DO NOTHING`,
      [id, tenantId, number, kind, naturalKey, description, callId, occurredAt],
    );
    if (added === 0) return undefined;
    const accounts = await this.accountsOf(tenantId, entries);
    await this.database.execute(
      `INSERT INTO ledger_entries (transaction_id, account_id, tenant_id, amount, balance_after)
       SELECT $1, account_id, $2, amount, balance_after
       FROM unnest($3::uuid[], $4::bigint[], $5::bigint[]) AS entry (account_id, amount, balance_after)`,
      [
        id,
        tenantId,
        entries.map(({ account }) => accounts.get(account)),
        entries.map(({ amount }) => amount),
        entries.map(({ balanceAfter }) => balanceAfter),
      ],
    );
    return id;
  }

  /** Newest first. */
  async statement({ tenantId, kind, before, limit }: StatementQuery): Promise<StatementRow[]> {
    return this.database.query<StatementRow>(
      `SELECT t.id, t.number, t.kind, e.amount, e.balance_after AS "balanceAfter", t.description,
              t.call_id AS "callId", t.occurred_at AS "occurredAt", t.created_at AS "createdAt"
       FROM ledger_transactions t
       JOIN ledger_entries e ON e.transaction_id = t.id
        AND e.account_id = (SELECT id FROM ledger_accounts WHERE tenant_id = $1 AND code = $2)
       WHERE t.tenant_id = $1 AND ($3::text IS NULL OR t.kind = $3) AND ($4::bigint IS NULL OR t.number < $4)
       ORDER BY t.number DESC LIMIT $5`,
      [tenantId, WALLET, kind ?? null, before ?? null, limit],
    );
  }

  /** Ids by code; opens accounts at their first use. The tenant's wallet is locked, so nobody races us. */
  private async accountsOf(tenantId: string, entries: readonly LedgerEntry[]): Promise<Map<string, string>> {
    const known = new Map<string, string>();
    const found = await this.database.query<{ id: string; code: string }>(
      'SELECT id, code FROM ledger_accounts WHERE tenant_id = $1 AND code = ANY($2)',
      [tenantId, entries.map(({ account }) => account)],
    );
    for (const { id, code } of found) known.set(code, id);
    for (const { account, meter } of entries) {
      if (known.has(account)) continue;
      const id = newId();
      await this.database.execute(
        'INSERT INTO ledger_accounts (id, tenant_id, code, meter) VALUES ($1, $2, $3, $4)',
        [id, tenantId, account, meter],
      );
      known.set(account, id);
    }
    return known;
  }

  /** Counts over every tenant the open scope can see. */
  async count(): Promise<{ tenants: number; transactions: number; entries: number }> {
    const [counts] = await this.database.query<{ tenants: number; transactions: number; entries: number }>(
      `SELECT (SELECT count(*)::float8 FROM wallets) AS tenants,
              (SELECT count(*)::float8 FROM ledger_transactions) AS transactions,
              (SELECT count(*)::float8 FROM ledger_entries) AS entries`,
    );
    return counts ?? { tenants: 0, transactions: 0, entries: 0 };
  }

  /** Transactions without entries, or whose entries of one meter do not sum to zero. */
  async countUnbalanced(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::float8 AS count FROM ledger_transactions t
       WHERE NOT EXISTS (SELECT FROM ledger_entries e WHERE e.transaction_id = t.id)
          OR EXISTS (SELECT FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
                     WHERE e.transaction_id = t.id GROUP BY a.meter HAVING sum(e.amount) <> 0)`,
    );
    return row?.count ?? 0;
  }

  /** Wallets that differ from the sum, the last balance or the number of their postings. */
  async wrongWallets(): Promise<WalletDiscrepancy[]> {
    return this.database.query<WalletDiscrepancy>(
      `WITH posted AS (
         SELECT a.tenant_id, sum(e.amount) AS balance, max(t.number) AS last, count(*) AS postings,
                (array_agg(e.balance_after ORDER BY t.number DESC))[1] AS stated
         FROM ledger_accounts a
         JOIN ledger_entries e ON e.account_id = a.id
         JOIN ledger_transactions t ON t.id = e.transaction_id
         WHERE a.code = $1 GROUP BY a.tenant_id)
       SELECT tenant_id AS "tenantId", coalesce(w.balance, 0)::float8 AS balance,
              coalesce(p.balance, 0)::float8 AS posted
       FROM wallets w FULL JOIN posted p USING (tenant_id)
       WHERE (w.balance, w.version, w.balance) IS DISTINCT FROM
             (coalesce(p.balance, 0), coalesce(p.last, 0), coalesce(p.stated, 0))
          OR coalesce(p.last, 0) <> coalesce(p.postings, 0)
       ORDER BY tenant_id`,
      [WALLET],
    );
  }
}
