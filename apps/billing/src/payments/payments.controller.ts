import { Controller } from '@nestjs/common';
import {
  type AdminPayment,
  type AdminPaymentPage,
  type InvoicePage,
  listAllPayments,
  listInvoices,
  listPayments,
  type ListPaymentsRequest,
  type PageRequest,
  type PaymentPage,
  refundPayment,
  type RefundPaymentRequest,
  resolvePayment,
  type ResolvePaymentRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { PaymentAdministration } from './payment-administration.service';
import { PaymentsReadModel } from './payments.read-model';

@Controller()
export class PaymentsController {
  constructor(
    private readonly payments: PaymentsReadModel,
    private readonly administration: PaymentAdministration,
  ) {}

  @Handles(listInvoices)
  invoices(request: PageRequest): Promise<InvoicePage> {
    return this.payments.invoices(request);
  }

  @Handles(listPayments)
  list(request: ListPaymentsRequest): Promise<PaymentPage> {
    return this.payments.list(request);
  }

  @Handles(listAllPayments)
  listAll(request: ListPaymentsRequest): Promise<AdminPaymentPage> {
    return this.payments.listAll(request);
  }

  @Handles(resolvePayment)
  resolve(request: ResolvePaymentRequest): Promise<AdminPayment> {
    return this.administration.resolve(request);
  }

  @Handles(refundPayment)
  refund(request: RefundPaymentRequest): Promise<AdminPayment> {
    return this.administration.refund(request);
  }
}
