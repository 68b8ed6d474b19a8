import { Injectable } from '@nestjs/common';
import type { EntitlementsResponse, SubscriptionResponse, SubscriptionsResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Bookkeeper } from '../books/bookkeeper';
import { tenantOfCaller } from '../tenant-of-caller';
import type { HeldPlan } from './subscription';
import { SubscriptionRepository } from './subscription.repository';
import { TermsRepository } from './terms.repository';

/** What a tenant subscribed to, and what that opens. */
@Injectable()
export class SubscriptionsReadModel {
  constructor(
    private readonly database: Database,
    private readonly bookkeeper: Bookkeeper,
    private readonly subscriptions: SubscriptionRepository,
    private readonly terms: TermsRepository,
  ) {}

  async list(): Promise<SubscriptionsResponse> {
    const tenantId = tenantOfCaller();
    const held = await this.database.tenant(async () =>
      this.terms.withPlans(await this.subscriptions.live(tenantId)),
    );
    return { subscriptions: held.map(toSubscriptionResponse) };
  }

  async entitlements(): Promise<EntitlementsResponse> {
    const tenantId = tenantOfCaller();
    return this.database.tenant(async () => {
      const { tenant, now } = await this.bookkeeper.peek(tenantId);
      const terms = await this.terms.of(tenantId, now);
      const { plans, modules, seats, proceduresVisible, limits } = terms;
      const version = tenant.entitlementsVersion;
      return { plans: plans.map(({ code }) => code), modules, seats, proceduresVisible, limits, version };
    });
  }
}

const toSubscriptionResponse = ({ subscription, plan }: HeldPlan): SubscriptionResponse => ({
  id: subscription.id,
  plan: plan.code,
  planVersion: plan.version,
  planName: plan.name,
  productLine: subscription.productLine,
  status: subscription.status,
  interval: subscription.interval,
  quantity: subscription.quantity,
  source: subscription.source,
  currentPeriodStart: subscription.periodStart.toISOString(),
  currentPeriodEnd: subscription.periodEnd.toISOString(),
  trialEnd: subscription.trialEnd?.toISOString() ?? null,
  cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
});
