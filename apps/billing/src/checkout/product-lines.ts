import { Injectable } from '@nestjs/common';
import type { ProductLine } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Customers } from '../customers/customers.service';
import { StripeObjects } from '../stripe/stripe-objects.service';
import { StripeReader } from '../stripe/stripe.reader';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { LineClaims } from './line-claims';
import { OpenPages } from './open-pages';

/** Who subscribes, and the name of this one try at it. */
export interface Buyer {
  readonly customer: string;
  readonly attemptId: string;
}

/** Stripe would bill a tenant twice for one product line; here nobody subscribes beside another. */
@Injectable()
export class ProductLines {
  constructor(
    private readonly database: Database,
    private readonly claims: LineClaims,
    private readonly customers: Customers,
    private readonly pages: OpenPages,
    private readonly reader: StripeReader,
    private readonly objects: StripeObjects,
    private readonly subscriptions: SubscriptionRepository,
  ) {}

  /**
   * Runs `act` while nobody else subscribes, no page of the line can be paid, and all that Stripe bills is known here.
   * @throws BeingSubscribed
   */
  async alone<T>(
    tenantId: string,
    productLine: ProductLine,
    offer: string,
    act: (buyer: Buyer) => Promise<T>,
  ): Promise<T> {
    return this.claims.holding(tenantId, productLine, offer, async (attemptId) => {
      const customer = await this.customers.of(tenantId);
      for (const page of await this.pages.close(customer, productLine))
        await this.objects.apply('session', page);
      await this.learn(tenantId, customer);
      return act({ attemptId, customer });
    });
  }

  /** An answer of Stripe's that was lost, or an event that is late, made a subscription all the same. */
  private async learn(tenantId: string, customer: string): Promise<void> {
    const live = await this.database.forTenant(tenantId, () => this.subscriptions.live(tenantId));
    const known = new Set(live.map(({ externalId }) => externalId));
    for (const id of await this.reader.liveSubscriptionsOf(customer))
      if (!known.has(id)) await this.objects.apply('subscription', id);
  }
}
