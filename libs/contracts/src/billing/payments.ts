import { Instant, Int, OneOf, Text, Uuid } from '../fields';
import { pageOf, PageRequest } from '../page';
import { defineOperation } from '../rpc';
import { PAYMENT_KINDS, type PaymentKind } from './payment-events';

export const PAYMENT_STATUSES = [
  'pending',
  'succeeded',
  'failed',
  'refunded',
  'partially_refunded',
  'disputed',
  'manual_review',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export class PaymentResponse {
  @Uuid() id: string;
  @OneOf(PAYMENT_KINDS) kind: PaymentKind;
  @OneOf(PAYMENT_STATUSES) status: PaymentStatus;
  @Int({ min: 0 }) amountCents: number;
  @Int({ min: 0 }) refundedCents: number;
  @Text({ min: 3, max: 3 }) currency: string;
  @Uuid({ nullable: true }) invoiceId: string | null;
  @Int({ min: 0, description: 'Tries at the card' }) attempts: number;
  @Text({ nullable: true, max: 100 }) failureCode: string | null;
  @Instant({ nullable: true }) paidAt: string | null;
  @Instant() createdAt: string;
}

export class PaymentPage extends pageOf(PaymentResponse) {}

export class ListPaymentsRequest extends PageRequest {
  @OneOf(PAYMENT_STATUSES, { optional: true }) status?: PaymentStatus;
}

export class AdminPayment extends PaymentResponse {
  @Uuid() tenantId: string;
  @Text({ description: 'The payment intent' }) stripePaymentId: string;
  @Text({ nullable: true, max: 100, description: 'Why a person has to decide' }) review: string | null;
  @Text({ nullable: true, max: 100, description: 'What was decided' }) resolution: string | null;
}

export class AdminPaymentPage extends pageOf(AdminPayment) {}

export class InvoiceResponse {
  @Uuid() id: string;
  @Text({ nullable: true, max: 100 }) number: string | null;
  @Text({ max: 60, description: 'Stripe’s words, such as subscription_cycle' }) reason: string;
  @Int() amountCents: number;
  @Int({ min: 0 }) paidCents: number;
  @Text({ min: 3, max: 3 }) currency: string;
  @Text({ max: 40, description: 'Stripe’s words' }) status: string;
  @Text({ nullable: true, max: 2048 }) hostedUrl: string | null;
  @Instant() periodStart: string;
  @Instant() periodEnd: string;
  @Instant() issuedAt: string;
  @Instant({ nullable: true }) paidAt: string | null;
}

export class InvoicePage extends pageOf(InvoiceResponse) {}

export const RESOLUTIONS = ['retry', 'waive', 'refund'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export class ResolvePaymentBody {
  @OneOf(RESOLUTIONS, {
    description: '`retry`: charge again; `waive`: forgive, or accept as it is; `refund`: pay back',
  })
  action: Resolution;
}

export class ResolvePaymentRequest extends ResolvePaymentBody {
  @Uuid() id: string;
}

export class RefundBody {
  @Int({ optional: true, min: 1, description: 'All that is left by default' }) amountCents?: number;
  @Text({ max: 500, description: 'For the record' }) reason: string;
}

export class RefundPaymentRequest extends RefundBody {
  @Uuid() id: string;
}

export class PaymentParam {
  @Uuid() id: string;
}

export const listInvoices = defineOperation({
  name: 'billing.invoices.list',
  service: 'billing',
  request: PageRequest,
  response: InvoicePage,
});

export const listPayments = defineOperation({
  name: 'billing.payments.list',
  service: 'billing',
  request: ListPaymentsRequest,
  response: PaymentPage,
});

const ADMINISTRATION = { service: 'billing', role: 'super_admin' } as const;

export const listAllPayments = defineOperation({
  name: 'billing.payments.list-all',
  request: ListPaymentsRequest,
  response: AdminPaymentPage,
  ...ADMINISTRATION,
});

export const resolvePayment = defineOperation({
  name: 'billing.payments.resolve',
  request: ResolvePaymentRequest,
  response: AdminPayment,
  timeoutMs: 45_000,
  ...ADMINISTRATION,
});

export const refundPayment = defineOperation({
  name: 'billing.payments.refund',
  request: RefundPaymentRequest,
  response: AdminPayment,
  timeoutMs: 45_000,
  ...ADMINISTRATION,
});
