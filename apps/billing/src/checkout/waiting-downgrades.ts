import { Injectable } from '@nestjs/common';
import { currentCaller } from '@parley/contracts';
import { Database } from '@parley/persistence';
import type Stripe from 'stripe';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import type { Plan } from '../catalogue/plan';
import { StripeClient } from '../stripe/stripe.client';
import { CardDeclined } from '../stripe/stripe.errors';
import { StripeReader } from '../stripe/stripe.reader';
import type { SubscriptionFacts } from '../stripe/stripe-facts';
import { heldUntil, planMetadata, planNamed } from '../stripe/subscription-metadata';
import type { HeldPlan } from '../subscriptions/subscription';
import { SubscriptionItems } from './subscription-items';

/** Lower prices that Stripe has already, for the period after the one that is paid. */
@Injectable()
export class WaitingDowngrades {
  constructor(
    private readonly database: Database,
    private readonly catalogue: CatalogueRepository,
    private readonly stripe: StripeClient,
    private readonly reader: StripeReader,
    private readonly items: SubscriptionItems,
  ) {}

  /** The price that was paid is billed again. */
  async undo(tenantId: string, held: HeldPlan, facts: SubscriptionFacts): Promise<SubscriptionFacts> {
    if (!isWaiting(facts)) return facts;
    await this.bill(facts, 'undo', held.plan, planMetadata(tenantId, held.plan));
    return (await this.reader.subscription(facts.id)) ?? facts;
  }

  /**
   * Changes what is counted from the price that was paid, for Stripe would count from the lower one: so the downgrade
   * goes first, and comes again when the card is refused.
   */
  async without<T>(
    tenantId: string,
    held: HeldPlan,
    facts: SubscriptionFacts,
    change: (facts: SubscriptionFacts) => Promise<T>,
  ): Promise<T> {
    const paid = await this.undo(tenantId, held, facts);
    try {
      return await change(paid);
    } catch (error) {
      if (error instanceof CardDeclined && isWaiting(facts)) await this.waitAgain(tenantId, facts, paid);
      throw error;
    }
  }

  private async waitAgain(
    tenantId: string,
    { metadata }: SubscriptionFacts,
    now: SubscriptionFacts,
  ): Promise<void> {
    const named = planNamed(metadata);
    const plan = await this.database.forTenant(tenantId, async () =>
      named ? this.catalogue.find(named.code, named.version) : undefined,
    );
    const { hold = '', holdUntil = '' } = metadata;
    if (plan) await this.bill(now, 'wait-again', plan, { ...planMetadata(tenantId, plan), hold, holdUntil });
  }

  private async bill(
    facts: SubscriptionFacts,
    what: string,
    plan: Plan,
    metadata: Stripe.MetadataParam,
  ): Promise<void> {
    const price = plan.prices.find(({ interval }) => interval === facts.interval);
    if (!price) return;
    const items = await this.items.of(facts, { plan, price });
    await this.stripe.ask((stripe) =>
      stripe.subscriptions.update(
        facts.id,
        { items, metadata, proration_behavior: 'none' },
        { idempotencyKey: `${what}:${facts.id}:${currentCaller().requestId}` },
      ),
    );
  }
}

const isWaiting = ({ metadata, periodStart }: SubscriptionFacts): boolean =>
  heldUntil(metadata, periodStart, new Date()) !== undefined;
