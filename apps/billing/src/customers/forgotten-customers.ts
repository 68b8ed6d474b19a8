import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { OpenPages } from '../checkout/open-pages';
import { Collector } from '../payments/collector.service';
import { StripeClient } from '../stripe/stripe.client';
import { isUnknownAtStripe } from '../stripe/stripe.errors';
import { forgetCustomer } from '../stripe/stripe-jobs';
import { StripeReader } from '../stripe/stripe.reader';

/** Customers of erased tenants. Which tenant one was stays known here, for refunds and disputes that come late. */
@Injectable()
export class ForgottenCustomers implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly pages: OpenPages,
    private readonly collector: Collector,
    private readonly stripe: StripeClient,
    private readonly reader: StripeReader,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(forgetCustomer, ({ customerId }) => this.forget(customerId));
  }

  /** Any number of times. Nothing can be bought before what is billed ends. */
  private async forget(customer: string): Promise<void> {
    if (!(await this.reader.isCustomer(customer))) return;
    await this.pages.close(customer);
    for (const subscription of await this.reader.subscriptionsOf(customer))
      await this.collector.end(subscription);
    try {
      await this.stripe.ask((stripe) => stripe.customers.del(customer));
    } catch (error) {
      if (!isUnknownAtStripe(error)) throw error;
    }
  }
}
