import { Injectable } from '@nestjs/common';
import {
  type AdminPayment,
  type AdminPaymentPage,
  cursorOf,
  DEFAULT_PAGE_SIZE,
  type InvoicePage,
  type InvoiceResponse,
  type ListPaymentsRequest,
  type PageRequest,
  type PaymentKind,
  type PaymentPage,
  type PaymentResponse,
  type PaymentStatus,
  readAfter,
  toPage,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { InvoiceRepository, type InvoiceRow } from '../invoices/invoice.repository';
import { tenantOfCaller } from '../tenant-of-caller';
import { PaymentUnknown } from './payment.errors';

interface ListedRow {
  id: string;
  tenantId: string;
  kind: PaymentKind;
  status: PaymentStatus;
  stripePaymentId: string;
  amountCents: number;
  refundedCents: number;
  currency: string;
  invoiceId: string | null;
  attempts: number;
  failureCode: string | null;
  review: string | null;
  resolution: string | null;
  paidAt: Date | null;
  createdAt: Date;
}

/** One word for what stands in several columns; the most urgent one. */
const STATUS = `CASE WHEN review IS NOT NULL THEN 'manual_review'
  WHEN dispute_state IN ('opened', 'lost') THEN 'disputed'
  WHEN state = 'succeeded' AND refunded_cents > 0 THEN
    CASE WHEN refunded_cents >= amount_cents THEN 'refunded' ELSE 'partially_refunded' END
  ELSE state END`;

/** What each status implies of columns, in the words of the partial indexes: the CASE alone would read every payment. */
const INDEXED: Readonly<Record<PaymentStatus, string>> = {
  manual_review: 'review IS NOT NULL',
  disputed: `dispute_state IN ('opened', 'lost')`,
  refunded: 'refunded_cents > 0',
  partially_refunded: 'refunded_cents > 0',
  failed: `state = 'failed'`,
  pending: `state = 'pending'`,
  succeeded: `state = 'succeeded'`,
};

const LISTED = `SELECT id, tenant_id AS "tenantId", kind, ${STATUS} AS status, stripe_payment_id AS "stripePaymentId",
  amount_cents::float8 AS "amountCents", refunded_cents::float8 AS "refundedCents", currency,
  invoice_id AS "invoiceId", attempts, failure_code AS "failureCode", review, resolution, paid_at AS "paidAt",
  created_at AS "createdAt" FROM payments`;

/** Payments and invoices as people see them. */
@Injectable()
export class PaymentsReadModel {
  constructor(
    private readonly database: Database,
    private readonly invoiceRows: InvoiceRepository,
  ) {}

  async list(request: ListPaymentsRequest): Promise<PaymentPage> {
    const tenantId = tenantOfCaller();
    const { limit = DEFAULT_PAGE_SIZE } = request;
    const rows = await this.database.tenant(() => this.page(request, tenantId));
    return toPage(rows, limit, toPaymentResponse, ({ createdAt, id }) => cursorOf(createdAt, id));
  }

  /** Of every tenant. */
  async listAll(request: ListPaymentsRequest): Promise<AdminPaymentPage> {
    const { limit = DEFAULT_PAGE_SIZE } = request;
    const rows = await this.database.system('payments of all tenants', () => this.page(request, null));
    return toPage(rows, limit, toAdminPayment, ({ createdAt, id }) => cursorOf(createdAt, id));
  }

  async get(id: string): Promise<AdminPayment> {
    const [row] = await this.database.system('a payment', () =>
      this.database.query<ListedRow>(`${LISTED} WHERE id = $1`, [id]),
    );
    if (!row) throw new PaymentUnknown();
    return toAdminPayment(row);
  }

  async invoices({ limit = DEFAULT_PAGE_SIZE, cursor }: PageRequest): Promise<InvoicePage> {
    const tenantId = tenantOfCaller();
    const after = cursor ? readAfter(cursor) : undefined;
    const before = after && { issuedAt: after.at, id: after.id };
    const rows = await this.database.tenant(() => this.invoiceRows.page(tenantId, limit + 1, before));
    return toPage(rows, limit, toInvoiceResponse, ({ issuedAt, id }) => cursorOf(issuedAt, id));
  }

  private page({ status, limit = DEFAULT_PAGE_SIZE, cursor }: ListPaymentsRequest, tenantId: string | null) {
    const after = cursor ? readAfter(cursor) : undefined;
    const narrowed = status ? `AND ${INDEXED[status]}` : '';
    return this.database.query<ListedRow>(
      `${LISTED} WHERE ($1::uuid IS NULL OR tenant_id = $1) AND ($2::text IS NULL OR ${STATUS} = $2) ${narrowed}
         AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $5`,
      [tenantId, status ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
    );
  }
}

const toPaymentResponse = ({ createdAt, paidAt, ...row }: ListedRow): PaymentResponse => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  amountCents: row.amountCents,
  refundedCents: row.refundedCents,
  currency: row.currency,
  invoiceId: row.invoiceId,
  attempts: row.attempts,
  failureCode: row.failureCode,
  paidAt: paidAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const toAdminPayment = (row: ListedRow): AdminPayment => ({
  ...toPaymentResponse(row),
  tenantId: row.tenantId,
  stripePaymentId: row.stripePaymentId,
  review: row.review,
  resolution: row.resolution,
});

const toInvoiceResponse = (row: InvoiceRow): InvoiceResponse => ({
  id: row.id,
  number: row.number,
  reason: row.reason,
  amountCents: row.amountCents,
  paidCents: row.paidCents,
  currency: row.currency,
  status: row.status,
  hostedUrl: row.hostedUrl,
  periodStart: row.periodStart.toISOString(),
  periodEnd: row.periodEnd.toISOString(),
  issuedAt: row.issuedAt.toISOString(),
  paidAt: row.paidAt?.toISOString() ?? null,
});
