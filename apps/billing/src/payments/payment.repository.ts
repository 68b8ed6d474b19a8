import { Injectable } from '@nestjs/common';
import { newId, type PaymentKind, type UsageMeter } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { DisputeFacts, PaymentFacts, RefundFacts } from '../stripe/stripe-facts';
import type { PaymentState } from './payment';

export interface PaymentRow {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: PaymentKind;
  readonly stripePaymentId: string;
  readonly invoiceId: string | null;
  readonly stripeInvoiceId: string | null;
  readonly meter: UsageMeter | null;
  readonly quantity: number;
  readonly unitsTaken: number;
  readonly restores: number;
  readonly amountCents: number;
  readonly refundedCents: number;
  readonly lostCents: number;
  readonly currency: string;
  readonly state: PaymentState;
  readonly disputeState: DisputeFacts['state'] | null;
  readonly review: string | null;
  readonly resolution: string | null;
  readonly attempts: number;
  readonly failureCode: string | null;
  readonly retriedAt: Date | null;
}

const COLUMNS = `p.id, p.tenant_id AS "tenantId", p.kind, p.stripe_payment_id AS "stripePaymentId",
  p.invoice_id AS "invoiceId",
  (SELECT stripe_invoice_id FROM invoices i WHERE i.id = p.invoice_id) AS "stripeInvoiceId", p.meter,
  p.quantity::float8 AS quantity, p.units_taken::float8 AS "unitsTaken", p.restores,
  p.amount_cents::float8 AS "amountCents", p.refunded_cents::float8 AS "refundedCents",
  p.lost_cents::float8 AS "lostCents", p.currency, p.state, p.dispute_state AS "disputeState", p.review, p.resolution,
  p.attempts, p.failure_code AS "failureCode", p.retried_at AS "retriedAt"`;

/** Columns that a step of the life of a payment changes. */
const CHANGEABLE = {
  units_taken: 'unitsTaken',
  restores: 'restores',
  refunded_cents: 'refundedCents',
  lost_cents: 'lostCents',
  dispute_state: 'disputeState',
  review: 'review',
  resolution: 'resolution',
  retried_at: 'retriedAt',
  meter: 'meter',
  quantity: 'quantity',
} as const;
type Change = Partial<Pick<PaymentRow, (typeof CHANGEABLE)[keyof typeof CHANGEABLE]>>;

/** Changed only in the tenant's line. */
@Injectable()
export class PaymentRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<PaymentRow | undefined> {
    const [row] = await this.database.query<PaymentRow>(`SELECT ${COLUMNS} FROM payments p WHERE p.id = $1`, [
      id,
    ]);
    return row;
  }

  async findByStripe(tenantId: string, stripePaymentId: string): Promise<PaymentRow | undefined> {
    const [row] = await this.database.query<PaymentRow>(
      `SELECT ${COLUMNS} FROM payments p WHERE p.tenant_id = $1 AND p.stripe_payment_id = $2`,
      [tenantId, stripePaymentId],
    );
    return row;
  }

  /** What went through never fails afterwards, whatever was asked earlier and comes later. */
  async save(
    tenantId: string,
    facts: PaymentFacts,
    kind: PaymentKind,
    offer: string | null,
    invoiceId: string | null,
  ): Promise<PaymentRow> {
    await this.database.execute(
      `INSERT INTO payments (id, tenant_id, kind, stripe_payment_id, stripe_charge_id, invoice_id, offer, amount_cents,
         currency, state, attempts, failure_code, card_fingerprint, paid_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
       ON CONFLICT (tenant_id, stripe_payment_id) DO UPDATE SET
         state = CASE WHEN payments.state = 'succeeded' THEN 'succeeded' ELSE excluded.state END,
         stripe_charge_id = coalesce(excluded.stripe_charge_id, payments.stripe_charge_id),
         invoice_id = coalesce(payments.invoice_id, excluded.invoice_id),
         amount_cents = CASE WHEN payments.state = 'succeeded' THEN payments.amount_cents ELSE excluded.amount_cents END,
         attempts = greatest(payments.attempts, excluded.attempts), failure_code = excluded.failure_code,
         card_fingerprint = coalesce(payments.card_fingerprint, excluded.card_fingerprint),
         paid_at = coalesce(payments.paid_at, excluded.paid_at), updated_at = now()`,
      [
        newId(),
        tenantId,
        kind,
        facts.id,
        facts.chargeId,
        invoiceId,
        offer,
        facts.amountCents,
        facts.currency,
        facts.state,
        facts.attempts,
        facts.failureCode,
        facts.cardFingerprint,
        facts.paidAt,
        facts.createdAt,
      ],
    );
    const row = await this.findByStripe(tenantId, facts.id);
    if (!row) throw new Error('A payment was not stored');
    return row;
  }

  async change(payment: PaymentRow, change: Change): Promise<PaymentRow> {
    const given = Object.entries(CHANGEABLE).filter(([, field]) => field in change);
    const set = given.map(([column], at) => `${column} = $${at + 2}`).join(', ');
    const values = given.map(([, field]) => change[field] ?? null);
    await this.database.execute(`UPDATE payments SET ${set}, updated_at = now() WHERE id = $1`, [
      payment.id,
      ...values,
    ]);
    return { ...payment, ...change };
  }

  async reviewed(id: string, by: string | null, resolution: string): Promise<void> {
    await this.database.execute(
      `UPDATE payments SET review = NULL, reviewed_by = $2, reviewed_at = now(), resolution = $3, updated_at = now()
       WHERE id = $1`,
      [id, by, resolution],
    );
  }

  async hasPaidBefore(tenantId: string, butFor: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT FROM payments WHERE tenant_id = $1 AND id <> $2 AND state = 'succeeded' LIMIT 1`,
      [tenantId, butFor],
    );
    return rows.length > 0;
  }

  /** @returns the state it was known in before, if any */
  async saveRefund(
    payment: PaymentRow,
    refund: RefundFacts,
  ): Promise<{ id: string; before: RefundFacts['state'] | undefined }> {
    const [known] = await this.database.query<{ id: string; state: RefundFacts['state'] }>(
      'SELECT id, state FROM refunds WHERE tenant_id = $1 AND stripe_refund_id = $2',
      [payment.tenantId, refund.id],
    );
    // A failure is final.
    if (known?.state === 'failed') return { id: known.id, before: 'failed' };
    const id = known?.id ?? newId();
    await this.database.execute(
      `INSERT INTO refunds (id, tenant_id, payment_id, stripe_refund_id, amount_cents, state, reason, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (tenant_id, stripe_refund_id) DO UPDATE SET state = excluded.state, updated_at = now()`,
      [
        id,
        payment.tenantId,
        payment.id,
        refund.id,
        refund.amountCents,
        refund.state,
        refund.reason,
        refund.createdAt,
      ],
    );
    return { id, before: known?.state };
  }
}
