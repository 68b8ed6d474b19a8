import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  buyCredits,
  buyTopup,
  cancelSubscription,
  CancelSubscriptionRequest,
  CheckoutSessionParam,
  CheckoutSessionRequest,
  CheckoutSessionResponse,
  CreditPurchaseRequest,
  openPortal,
  PortalSessionRequest,
  PortalSessionResponse,
  previewSubscription,
  putSubscription,
  resumeSubscription,
  startCheckout,
  SubscribeRequest,
  SubscriptionLineRequest,
  SubscriptionPreview,
  SubscriptionResponse,
  TopupRequest,
  verifyCheckout,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

const UNKNOWN = { 404: 'NOT_FOUND' };

@Controller('v1/billing')
@ApiTags('billing')
export class CheckoutController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('checkout-sessions')
  @Idempotent()
  @Requires('billing:manage')
  @Unaudited('only opens a page: what is bought is in the ledger')
  @Answers('Open a page where a plan can be subscribed to', CheckoutSessionResponse, {
    errors: { ...UNKNOWN, 409: 'STATE_CONFLICT' },
  })
  checkout(@Body() body: CheckoutSessionRequest): Promise<string> {
    return this.rpc.forward(startCheckout, body);
  }

  @Get('checkout-sessions/:id')
  @Requires('billing:manage')
  @Answers('What became of a page, asked of Stripe; `id` is ours or Stripe’s', CheckoutSessionResponse, {
    errors: UNKNOWN,
  })
  verify(@Param() params: CheckoutSessionParam): Promise<string> {
    return this.rpc.forward(verifyCheckout, params);
  }

  @Post('topups')
  @Idempotent()
  @Requires('billing:manage')
  @Unaudited('only opens a page: what is bought is in the ledger')
  @Answers('Open a page where minutes or texts can be bought', CheckoutSessionResponse, { errors: UNKNOWN })
  topup(@Body() body: TopupRequest): Promise<string> {
    return this.rpc.forward(buyTopup, body);
  }

  @Post('credit-purchases')
  @Idempotent()
  @Requires('billing:manage')
  @Unaudited('only opens a page: what is bought is in the ledger')
  @Answers('Open a page where credits can be bought', CheckoutSessionResponse, { errors: UNKNOWN })
  credits(@Body() body: CreditPurchaseRequest): Promise<string> {
    return this.rpc.forward(buyCredits, body);
  }

  @Post('portal-sessions')
  @Requires('billing:manage')
  @Unaudited('only opens a page')
  @Answers('Open Stripe’s pages for cards, invoices and cancelling', PortalSessionResponse)
  portal(@Body() body: PortalSessionRequest): Promise<string> {
    return this.rpc.forward(openPortal, body);
  }

  @Put('subscription')
  @Idempotent({ repeatable: true })
  @Requires('billing:manage')
  @Audited('subscription.changed')
  @Answers(
    'Subscribe with the card on file; more at once, less at the end of the period',
    SubscriptionResponse,
    {
      errors: { ...UNKNOWN, 402: 'PAYMENT_FAILED', 409: 'STATE_CONFLICT' },
    },
  )
  put(@Body() body: SubscribeRequest): Promise<string> {
    return this.rpc.forward(putSubscription, body);
  }

  @Post('subscription/preview')
  @Requires('billing:manage')
  @Unaudited('changes nothing')
  @Answers('What a change of plan would cost, and when; changes nothing', SubscriptionPreview, {
    errors: UNKNOWN,
  })
  preview(@Body() body: SubscribeRequest): Promise<string> {
    return this.rpc.forward(previewSubscription, body);
  }

  @Delete('subscription')
  @Requires('billing:manage')
  @Audited('subscription.cancelled')
  @Answers('End a subscription when what is paid for is over', SubscriptionResponse, { errors: UNKNOWN })
  cancel(@Query() query: CancelSubscriptionRequest): Promise<string> {
    return this.rpc.forward(cancelSubscription, query);
  }

  @Post('subscription/resume')
  @Requires('billing:manage')
  @Audited('subscription.resumed')
  @Answers('Take a cancellation or a waiting downgrade back', SubscriptionResponse, { errors: UNKNOWN })
  resume(@Body() body: SubscriptionLineRequest): Promise<string> {
    return this.rpc.forward(resumeSubscription, body);
  }
}
