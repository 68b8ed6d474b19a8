import { Injectable } from '@nestjs/common';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import { FREE_PLAN } from '../catalogue/plan';
import type { HeldPlan, Subscription } from './subscription';
import { SubscriptionRepository } from './subscription.repository';
import { Terms } from './terms';

@Injectable()
export class TermsRepository {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly subscriptions: SubscriptionRepository,
  ) {}

  async of(tenantId: string, now: Date): Promise<Terms> {
    return this.under(await this.subscriptions.live(tenantId), now);
  }

  async under(subscriptions: readonly Subscription[], now: Date): Promise<Terms> {
    return new Terms(await this.withPlans(subscriptions), await this.catalogue.find(FREE_PLAN), now);
  }

  async withPlans(subscriptions: readonly Subscription[]): Promise<HeldPlan[]> {
    if (subscriptions.length === 0) return [];
    const plans = await this.catalogue.byIds(subscriptions.map(({ planId }) => planId));
    return subscriptions.flatMap((subscription) => {
      const plan = plans.find(({ id }) => id === subscription.planId);
      return plan ? [{ subscription, plan }] : [];
    });
  }
}
