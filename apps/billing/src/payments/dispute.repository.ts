import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { DisputeFacts } from '../stripe/stripe-facts';
import type { PaymentRow } from './payment.repository';

export interface DisputeRow {
  readonly id: string;
  readonly state: DisputeFacts['state'];
  /** One more each time a decision is taken back: names the steps of each. */
  readonly round: number;
  /** It took its money, which comes back when it is won. */
  readonly moneyMoved: boolean;
  /** What of the payment counts as lost because of it. */
  readonly lostCents: number;
  /** Before Stripe was asked. */
  readonly asOf: Date | null;
}

/** Changed only in the tenant's line. */
@Injectable()
export class DisputeRepository {
  constructor(private readonly database: Database) {}

  async find(tenantId: string, stripeId: string): Promise<DisputeRow | undefined> {
    const [known] = await this.database.query<DisputeRow>(
      `SELECT id, state, round, money_moved AS "moneyMoved", lost_cents::float8 AS "lostCents",
         as_of AS "asOf"
       FROM disputes WHERE tenant_id = $1 AND stripe_dispute_id = $2`,
      [tenantId, stripeId],
    );
    return known;
  }

  /** @returns our id of it */
  async save(
    { tenantId, id: paymentId }: PaymentRow,
    { id, reason, amountCents, status, createdAt }: DisputeFacts,
    { state, round, moneyMoved, lostCents, asOf }: Omit<DisputeRow, 'id'>,
  ): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      `INSERT INTO disputes (id, tenant_id, payment_id, stripe_dispute_id, reason, amount_cents, status, created_at,
         state, round, money_moved, lost_cents, as_of)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       ON CONFLICT (tenant_id, stripe_dispute_id) DO UPDATE SET status = excluded.status, state = excluded.state,
         round = excluded.round, money_moved = excluded.money_moved, lost_cents = excluded.lost_cents,
         as_of = excluded.as_of, updated_at = now()
       RETURNING id`,
      [
        newId(),
        tenantId,
        paymentId,
        id,
        reason,
        amountCents,
        status,
        createdAt,
        state,
        round,
        moneyMoved,
        lostCents,
        asOf,
      ],
    );
    if (!row) throw new Error('A dispute was not stored');
    return row.id;
  }
}
