import { Injectable } from '@nestjs/common';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import { FREE_PLAN } from '../catalogue/plan';
import { ModuleOverrideRepository } from '../modules/module-override.repository';
import type { HeldPlan, Subscription } from './subscription';
import { SubscriptionRepository } from './subscription.repository';
import { Terms } from './terms';

@Injectable()
export class TermsRepository {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly overrides: ModuleOverrideRepository,
  ) {}

  async of(tenantId: string, now: Date): Promise<Terms> {
    return this.under(await this.subscriptions.live(tenantId), now);
  }

  async under(subscriptions: readonly Subscription[], now: Date): Promise<Terms> {
    const plans = await this.withPlans(subscriptions);
    const free = await this.catalogue.find(FREE_PLAN);
    return new Terms(plans, free, now, await this.overrides.holding());
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
