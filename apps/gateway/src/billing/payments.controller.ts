import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AdminPayment,
  AdminPaymentPage,
  CheckoutLinkRequest,
  CheckoutSessionResponse,
  CompedPlanBody,
  compPlan,
  InvoicePage,
  listAllPayments,
  listInvoices,
  listPayments,
  ListPaymentsRequest,
  makeCheckoutLink,
  PageRequest,
  PaymentPage,
  PaymentParam,
  RefundBody,
  refundPayment,
  resolvePayment,
  ResolvePaymentBody,
  SubscriptionResponse,
  syncBilling,
  UsageTenantParam,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, AnswersNothing, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

const UNKNOWN = { 404: 'NOT_FOUND' };

@Controller('v1/billing')
@ApiTags('billing')
export class PaymentsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('invoices')
  @Requires('billing:manage')
  @Answers('Invoices, newest first', InvoicePage)
  invoices(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listInvoices, query);
  }

  @Get('payments')
  @Requires('billing:manage')
  @Answers('Payments, newest first', PaymentPage)
  payments(@Query() query: ListPaymentsRequest): Promise<string> {
    return this.rpc.forward(listPayments, query);
  }
}

@Controller('v1/admin')
@ApiTags('admin')
export class PaymentAdministrationController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('checkout-links')
  @Idempotent()
  @Requires('billing:admin')
  @Audited('checkout-link.made')
  @Answers('Make a link where a tenant can pay for a plan or a pack', CheckoutSessionResponse, {
    errors: { ...UNKNOWN, 409: 'STATE_CONFLICT' },
  })
  link(@Body() body: CheckoutLinkRequest): Promise<string> {
    return this.rpc.forward(makeCheckoutLink, body);
  }

  @Get('payments')
  @Requires('billing:admin')
  @Answers('Payments of all tenants, newest first', AdminPaymentPage)
  payments(@Query() query: ListPaymentsRequest): Promise<string> {
    return this.rpc.forward(listAllPayments, query);
  }

  @Post('payments/:id/resolve')
  @Requires('billing:admin')
  @Audited('payment.resolved')
  @Answers('Decide about a payment that waits for it', AdminPayment, {
    errors: { ...UNKNOWN, 402: 'PAYMENT_FAILED', 409: 'STATE_CONFLICT' },
  })
  resolve(@Param() { id }: PaymentParam, @Body() body: ResolvePaymentBody): Promise<string> {
    return this.rpc.forward(resolvePayment, { ...body, id });
  }

  @Post('payments/:id/refunds')
  @Idempotent()
  @Requires('billing:admin')
  @Audited('payment.refunded')
  @Answers('Pay back, in whole or in part', AdminPayment, {
    errors: { ...UNKNOWN, 409: 'STATE_CONFLICT', 422: 'REFUND_TOO_LARGE' },
  })
  refund(@Param() { id }: PaymentParam, @Body() body: RefundBody): Promise<string> {
    return this.rpc.forward(refundPayment, { ...body, id });
  }

  @Post('tenants/:id/subscriptions')
  @Idempotent()
  @Requires('billing:admin')
  @Audited('plan.comped')
  @Answers('Give a plan without Stripe', SubscriptionResponse, {
    errors: { ...UNKNOWN, 409: 'STATE_CONFLICT' },
  })
  comp(@Param() { id }: UsageTenantParam, @Body() body: CompedPlanBody): Promise<string> {
    return this.rpc.forward(compPlan, { ...body, id });
  }

  @Post('tenants/:id/billing-sync')
  @Requires('billing:admin')
  @Audited('billing.synced')
  @AnswersNothing('Bring everything of a tenant to what Stripe says')
  async sync(@Param() params: UsageTenantParam): Promise<void> {
    await this.rpc.call(syncBilling, params);
  }
}
