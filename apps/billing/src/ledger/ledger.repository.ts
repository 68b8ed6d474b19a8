import { Injectable } from '@nestjs/common';
import type { Meter, TransactionKind, WalletDiscrepancy } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { Credits } from '../wallet/wallet';

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
  meter: Meter;
  kind?: TransactionKind;
  /** Only transactions before this one. */
  before?: number;
  limit: number;
}

/** Questions to the ledger; only `BooksRepository` adds to it. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /** From the wallet: a balance costs the same however long its history. */
  async credits(tenantId: string): Promise<Credits> {
    const [row] = await this.database.query<Credits>(
      `SELECT coalesce(w.balance, 0)::float8 AS balance, b.opened_at AS "openedAt", b.first_used_at AS "firstUsedAt",
         b.low_notified_at AS "lowNotifiedAt"
       FROM tenant_books b LEFT JOIN wallets w ON w.tenant_id = b.tenant_id AND w.meter = 'credits'
       WHERE b.tenant_id = $1`,
      [tenantId],
    );
    return row ?? { balance: 0, openedAt: null, firstUsedAt: null, lowNotifiedAt: null };
  }

  /** Newest first. */
  async statement({ tenantId, meter, kind, before, limit }: StatementQuery): Promise<StatementRow[]> {
    return this.database.query<StatementRow>(
      `SELECT t.id, t.number, t.kind, e.amount, e.balance_after AS "balanceAfter", t.description,
              t.call_id AS "callId", t.occurred_at AS "occurredAt", t.created_at AS "createdAt"
       FROM ledger_transactions t
       JOIN ledger_entries e ON e.transaction_id = t.id
        AND e.account_id = (SELECT id FROM ledger_accounts WHERE tenant_id = $1 AND code = $2)
       WHERE t.tenant_id = $1 AND ($3::text IS NULL OR t.kind = $3) AND ($4::bigint IS NULL OR t.number < $4)
       ORDER BY t.number DESC LIMIT $5`,
      [tenantId, `${meter}:wallet`, kind ?? null, before ?? null, limit],
    );
  }

  /** Counts over every tenant the open scope can see. */
  async count(): Promise<{ tenants: number; transactions: number; entries: number }> {
    const [counts] = await this.database.query<{ tenants: number; transactions: number; entries: number }>(
      `SELECT (SELECT count(*)::float8 FROM tenant_books) AS tenants,
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

  /** Wallets that differ from the sum, the last balance or the last transaction of their postings. */
  async wrongWallets(): Promise<WalletDiscrepancy[]> {
    return this.database.query<WalletDiscrepancy>(
      `WITH posted AS (
         SELECT a.tenant_id, a.meter, sum(e.amount) AS balance, max(t.number) AS last,
                (array_agg(e.balance_after ORDER BY t.number DESC))[1] AS stated
         FROM ledger_accounts a
         JOIN ledger_entries e ON e.account_id = a.id
         JOIN ledger_transactions t ON t.id = e.transaction_id
         WHERE a.code = a.meter || ':wallet' GROUP BY a.tenant_id, a.meter)
       SELECT tenant_id AS "tenantId", meter, coalesce(w.balance, 0)::float8 AS balance,
              coalesce(p.balance, 0)::float8 AS posted
       FROM wallets w FULL JOIN posted p USING (tenant_id, meter)
       WHERE (w.balance, w.version, w.balance) IS DISTINCT FROM
             (coalesce(p.balance, 0), coalesce(p.last, 0), coalesce(p.stated, 0))
       ORDER BY tenant_id, meter`,
    );
  }

  /** Wallets of units that are not what grants have left less what nothing paid for. */
  async countWrongGrants(): Promise<number> {
    return this.count1(
      `WITH units AS (
         SELECT tenant_id, meter, remaining AS units FROM grants
         UNION ALL
         SELECT tenant_id, meter, returned - amount FROM grant_burns WHERE cover = 'overdraft'),
       expected AS (SELECT tenant_id, meter, sum(units) AS units FROM units GROUP BY 1, 2)
       SELECT count(*)::float8 AS count FROM expected
       FULL JOIN (SELECT * FROM wallets WHERE meter NOT LIKE 'money:%') w USING (tenant_id, meter)
       WHERE coalesce(units, 0) <> coalesce(balance, 0)`,
    );
  }

  /** Grants whose burns and what was taken back do not explain what is left of them. */
  async countWrongBurns(): Promise<number> {
    return this.count1(
      `SELECT count(*)::float8 AS count FROM grants g
       WHERE remaining > quantity - coalesce(
         (SELECT sum(b.amount - b.returned) FROM grant_burns b WHERE b.grant_id = g.id), 0)`,
    );
  }

  /** Wallets whose promises are not those of their open holds. */
  async countWrongHolds(): Promise<number> {
    return this.count1(
      `SELECT count(*)::float8 AS count
       FROM (SELECT tenant_id, meter, held FROM wallets WHERE held <> 0) w
       FULL JOIN (SELECT tenant_id, meter, sum(quantity) AS held FROM holds WHERE state = 'open'
                  GROUP BY 1, 2 HAVING sum(quantity) <> 0) h USING (tenant_id, meter)
       WHERE w.held IS DISTINCT FROM h.held`,
    );
  }

  /** Tenants whose transactions are not numbered without gaps. */
  async countGaps(): Promise<number> {
    return this.count1(
      `SELECT count(*)::float8 AS count FROM tenant_books b
       FULL JOIN (SELECT tenant_id, count(*) AS n, max(number) AS last FROM ledger_transactions GROUP BY 1) t
         USING (tenant_id)
       WHERE (coalesce(t.n, 0), coalesce(t.last, 0)) IS DISTINCT FROM (b.postings, b.postings)`,
    );
  }

  private async count1(sql: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(sql);
    return row?.count ?? 0;
  }
}
