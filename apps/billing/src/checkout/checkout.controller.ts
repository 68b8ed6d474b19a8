import { Controller } from '@nestjs/common';
import {
  buyCredits,
  buyTopup,
  cancelSubscription,
  type CancelSubscriptionRequest,
  type CheckoutLinkRequest,
  type CheckoutSessionParam,
  type CheckoutSessionRequest,
  type CheckoutSessionResponse,
  compPlan,
  type CompPlanRequest,
  type CreditPurchaseRequest,
  makeCheckoutLink,
  openPortal,
  type PortalSessionRequest,
  type PortalSessionResponse,
  previewSubscription,
  putSubscription,
  resumeSubscription,
  startCheckout,
  type SubscribeRequest,
  type SubscriptionLineRequest,
  type SubscriptionPreview,
  type SubscriptionResponse,
  type TopupRequest,
  verifyCheckout,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { Checkout } from './checkout.service';
import { OwnSubscription } from './own-subscription.service';
import { Portal } from './portal.service';
import { Sales } from './sales.service';
import { SubscriptionChanges } from './subscription-changes.service';

@Controller()
export class CheckoutController {
  constructor(
    private readonly checkout: Checkout,
    private readonly portal: Portal,
    private readonly sales: Sales,
    private readonly changes: SubscriptionChanges,
    private readonly own: OwnSubscription,
  ) {}

  @Handles(startCheckout)
  subscribe(request: CheckoutSessionRequest): Promise<CheckoutSessionResponse> {
    return this.checkout.subscribe(request);
  }

  @Handles(buyTopup)
  topup(request: TopupRequest): Promise<CheckoutSessionResponse> {
    return this.checkout.topup(request);
  }

  @Handles(buyCredits)
  credits(request: CreditPurchaseRequest): Promise<CheckoutSessionResponse> {
    return this.checkout.credits(request);
  }

  @Handles(verifyCheckout)
  verify({ id }: CheckoutSessionParam): Promise<CheckoutSessionResponse> {
    return this.checkout.verify(id);
  }

  @Handles(openPortal)
  openPortal(request: PortalSessionRequest): Promise<PortalSessionResponse> {
    return this.portal.open(request);
  }

  @Handles(putSubscription)
  put(request: SubscribeRequest): Promise<SubscriptionResponse> {
    return this.own.put(request);
  }

  @Handles(previewSubscription)
  preview(request: SubscribeRequest): Promise<SubscriptionPreview> {
    return this.changes.preview(request);
  }

  @Handles(cancelSubscription)
  cancel(request: CancelSubscriptionRequest): Promise<SubscriptionResponse> {
    return this.own.cancel(request);
  }

  @Handles(resumeSubscription)
  resume({ productLine }: SubscriptionLineRequest): Promise<SubscriptionResponse> {
    return this.own.resume(productLine);
  }

  @Handles(makeCheckoutLink)
  link(request: CheckoutLinkRequest): Promise<CheckoutSessionResponse> {
    return this.sales.link(request);
  }

  @Handles(compPlan)
  comp(request: CompPlanRequest): Promise<SubscriptionResponse> {
    return this.sales.comp(request);
  }
}
