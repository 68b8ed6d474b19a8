import { Injectable } from '@nestjs/common';
import { newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type { InvoiceFacts } from '../stripe/stripe-facts';

export interface InvoiceRow {
  readonly id: string;
  readonly number: string | null;
  readonly reason: string;
  readonly amountCents: number;
  readonly paidCents: number;
  readonly currency: string;
  readonly status: string;
  readonly hostedUrl: string | null;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly issuedAt: Date;
  readonly paidAt: Date | null;
}

@Injectable()
export class InvoiceRepository {
  constructor(private readonly database: Database) {}

  /** What was asked earlier and comes later does not take a payment back. @returns our id */
  async save(tenantId: string, facts: InvoiceFacts): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      `INSERT INTO invoices (id, tenant_id, stripe_invoice_id, stripe_subscription_id, number, reason, amount_cents,
         paid_cents, currency, status, attempts, hosted_url, period_start, period_end, issued_at, paid_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT (tenant_id, stripe_invoice_id) DO UPDATE SET
         status = CASE WHEN invoices.status IN ('paid', 'void') THEN invoices.status ELSE excluded.status END,
         amount_cents = excluded.amount_cents,
         paid_cents = greatest(invoices.paid_cents, excluded.paid_cents),
         attempts = greatest(invoices.attempts, excluded.attempts), hosted_url = excluded.hosted_url,
         paid_at = coalesce(invoices.paid_at, excluded.paid_at), updated_at = now()
       RETURNING id`,
      [
        newId(),
        tenantId,
        facts.id,
        facts.subscriptionId,
        facts.number,
        facts.reason,
        facts.amountCents,
        facts.paidCents,
        facts.currency,
        facts.status,
        facts.attempts,
        facts.hostedUrl,
        facts.periodStart,
        facts.periodEnd,
        facts.issuedAt,
        facts.paidAt,
      ],
    );
    if (!row) throw new Error('An invoice was not stored');
    return row.id;
  }

  /** Newest first. */
  page(tenantId: string, limit: number, before?: { issuedAt: string; id: string }): Promise<InvoiceRow[]> {
    return this.database.query<InvoiceRow>(
      `SELECT id, number, reason, amount_cents::float8 AS "amountCents", paid_cents::float8 AS "paidCents", currency,
              status, hosted_url AS "hostedUrl", period_start AS "periodStart", period_end AS "periodEnd",
              issued_at AS "issuedAt", paid_at AS "paidAt"
       FROM invoices WHERE tenant_id = $1
         AND ($2::timestamptz IS NULL OR (issued_at, id) < ($2, $3::uuid))
       ORDER BY issued_at DESC, id DESC LIMIT $4`,
      [tenantId, before?.issuedAt ?? null, before?.id ?? null, limit],
    );
  }

  async stripeIdOf(id: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ stripeId: string }>(
      'SELECT stripe_invoice_id AS "stripeId" FROM invoices WHERE id = $1',
      [id],
    );
    return row?.stripeId;
  }
}
