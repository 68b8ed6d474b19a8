import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface LedgerCash {
  readonly tenantId: string;
  readonly stripePaymentId: string;
}

/** Money at Stripe as the ledger has it: `money:<currency>:stripe` of each tenant. */
@Injectable()
export class LedgerCashRepository {
  constructor(private readonly database: Database) {}

  /** What the ledger posted of one payment, refunds and disputes included. */
  async of(tenantId: string, stripePaymentId: string): Promise<number> {
    const [row] = await this.database.query<{ cents: number }>(
      `SELECT coalesce(sum(e.amount), 0)::float8 AS cents
       FROM payments p
       JOIN ledger_transactions t ON t.tenant_id = p.tenant_id AND t.kind IN ('payment', 'refund', 'dispute')
         AND t.reference = p.id::text
       JOIN ledger_entries e ON e.tenant_id = t.tenant_id AND e.transaction_id = t.id
       JOIN ledger_accounts a ON a.id = e.account_id AND a.code = a.meter || ':stripe'
       WHERE p.tenant_id = $1 AND p.stripe_payment_id = $2`,
      [tenantId, stripePaymentId],
    );
    return row?.cents ?? 0;
  }

  /** Payments of which the ledger moved money in a stretch of time, in the order of their ids. */
  async moved(
    from: Date,
    before: Date,
    after: string,
    limit: number,
  ): Promise<(LedgerCash & { id: string })[]> {
    return this.database.query<LedgerCash & { id: string }>(
      `SELECT p.id, p.tenant_id AS "tenantId", p.stripe_payment_id AS "stripePaymentId" FROM payments p
       WHERE p.id > $3::uuid AND EXISTS (SELECT FROM ledger_transactions t
         WHERE t.tenant_id = p.tenant_id AND t.kind IN ('payment', 'refund', 'dispute') AND t.reference = p.id::text
           AND t.created_at >= $1 AND t.created_at < $2)
       ORDER BY p.id LIMIT $4`,
      [from, before, after, limit],
    );
  }
}
