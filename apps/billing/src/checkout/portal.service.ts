import { Inject, Injectable } from '@nestjs/common';
import type { PortalSessionRequest, PortalSessionResponse } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { Customers } from '../customers/customers.service';
import { StripeClient } from '../stripe/stripe.client';
import { tenantOfCaller } from '../tenant-of-caller';
import { ReturnUrls } from './return-urls';

/** Stripe's own pages for cards, invoices and cancelling. */
@Injectable()
export class Portal {
  private readonly returns: ReturnUrls;

  constructor(
    @Inject(CONFIG) config: BillingConfig,
    private readonly customers: Customers,
    private readonly stripe: StripeClient,
  ) {
    this.returns = new ReturnUrls(config.CHECKOUT_ORIGINS);
  }

  async open({ returnUrl }: PortalSessionRequest): Promise<PortalSessionResponse> {
    const back = this.returns.allowed('returnUrl', returnUrl, '/billing');
    const customer = await this.customers.of(tenantOfCaller());
    const { url } = await this.stripe.ask((stripe) =>
      stripe.billingPortal.sessions.create({ customer, return_url: back }),
    );
    return { url };
  }
}
