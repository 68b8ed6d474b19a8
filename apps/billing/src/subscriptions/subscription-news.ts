import { Injectable } from '@nestjs/common';
import { entitlementsChangedV1, subscriptionChangedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import type { Books } from '../books/books';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import type { Plan } from '../catalogue/plan';
import type { Subscription } from './subscription';
import type { Terms } from './terms';

/** Tells of subscriptions and of what they open, in the transaction that changes them. */
@Injectable()
export class SubscriptionNews {
  constructor(
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueRepository,
  ) {}

  async tellSubscription(
    { tenantId }: Books,
    subscription: Subscription,
    plan: Plan,
    previousPlan: string | null,
    causationId?: string,
  ): Promise<void> {
    const { id: subscriptionId, status, source, quantity, productLine } = subscription;
    await this.outbox.add(
      subscriptionChangedV1,
      {
        subscriptionId,
        plan: plan.code,
        planVersion: plan.version,
        productLine,
        status,
        source,
        quantity,
        periodStart: subscription.periodStart.toISOString(),
        periodEnd: subscription.periodEnd.toISOString(),
        previousPlan,
      },
      { subject: tenantId, tenantId, ...(causationId ? { causationId } : {}) },
    );
  }

  async tellEntitlements(
    books: Books,
    terms: Terms,
    subscriptionId: string | undefined,
    causationId?: string,
  ): Promise<void> {
    const { tenantId, tenant, now } = books;
    tenant.entitlementsVersion += 1;
    await this.outbox.add(
      entitlementsChangedV1,
      {
        ...(subscriptionId ? { subscriptionId } : {}),
        plans: terms.plans.map(({ code }) => code),
        modules: terms.modules,
        seats: terms.seats,
        version: tenant.entitlementsVersion,
        effectiveAt: now.toISOString(),
      },
      { subject: tenantId, tenantId, ...(causationId ? { causationId } : {}) },
    );
  }

  /** Subscriptions that went on or ended by themselves at their boundary. */
  async tellBoundaries(books: Books, moved: readonly Subscription[], terms: Terms): Promise<void> {
    const plans = await this.catalogue.byIds(moved.map(({ planId }) => planId));
    for (const subscription of moved) {
      const plan = plans.find(({ id }) => id === subscription.planId);
      if (plan) await this.tellSubscription(books, subscription, plan, null);
    }
    const ended = moved.find(({ live }) => !live);
    if (ended) await this.tellEntitlements(books, terms, ended.id);
  }
}
