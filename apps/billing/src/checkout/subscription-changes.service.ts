import { Injectable } from '@nestjs/common';
import {
  type CancelSubscriptionRequest,
  currentCaller,
  Forbidden,
  type ProductLine,
  type SubscribeRequest,
  type SubscriptionPreview,
  type SubscriptionResponse,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import type Stripe from 'stripe';
import { PlanUnknown } from '../catalogue/catalogue.errors';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import type { Plan, Price } from '../catalogue/plan';
import { Cards } from '../customers/cards.service';
import { Collector } from '../payments/collector.service';
import { StripeClient } from '../stripe/stripe.client';
import { StripeReader } from '../stripe/stripe.reader';
import { StripeCatalogue } from '../stripe/stripe-catalogue.service';
import type { SubscriptionFacts } from '../stripe/stripe-facts';
import { StripeObjects } from '../stripe/stripe-objects.service';
import { planMetadata, refOf } from '../stripe/subscription-metadata';
import type { HeldPlan } from '../subscriptions/subscription';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { Subscriptions } from '../subscriptions/subscriptions.service';
import { SubscriptionsReadModel } from '../subscriptions/subscriptions.read-model';
import { TermsRepository } from '../subscriptions/terms.repository';
import { tenantOfCaller } from '../tenant-of-caller';
import {
  IntervalWaits,
  NoSubscription,
  NotForSale,
  PriceUnknown,
  WhichSubscription,
} from './checkout.errors';
import { changeOf, type PlanChange } from './plan-change';
import { type Buyer, ProductLines } from './product-lines';
import { SubscriptionItems } from './subscription-items';
import { WaitingDowngrades } from './waiting-downgrades';

/** A plan somebody wants, beside what they have. */
interface Wanted {
  readonly tenantId: string;
  readonly plan: Plan;
  readonly price: Price;
  readonly held: HeldPlan | undefined;
  readonly change: PlanChange;
}

/**
 * Subscribing, changing and ending with the card that Stripe has. Stripe is changed first, then what it says is
 * applied; whatever dies in between is made good by its event.
 */
@Injectable()
export class SubscriptionChanges {
  constructor(
    private readonly database: Database,
    private readonly catalogue: CatalogueRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly terms: TermsRepository,
    private readonly local: Subscriptions,
    private readonly readModel: SubscriptionsReadModel,
    private readonly cards: Cards,
    private readonly collector: Collector,
    private readonly lines: ProductLines,
    private readonly stripe: StripeClient,
    private readonly reader: StripeReader,
    private readonly stripeCatalogue: StripeCatalogue,
    private readonly items: SubscriptionItems,
    private readonly waiting: WaitingDowngrades,
    private readonly objects: StripeObjects,
  ) {}

  async put(request: SubscribeRequest): Promise<SubscriptionResponse> {
    const { paymentMethodId } = request;
    const { tenantId, plan, price } = await this.wanted(request);
    const offer = [refOf(plan), price.interval, paymentMethodId ?? 'card on file'].join(':');
    return this.lines.alone(tenantId, plan.productLine, offer, async (buyer) => {
      const wanted = await this.wanted(request);
      const card = paymentMethodId ? await this.cards.choose(buyer.customer, paymentMethodId) : undefined;
      const id = wanted.held
        ? await this.changeHeld(wanted, wanted.held, card)
        : await this.subscribe(wanted, buyer, card);
      return this.applied(tenantId, id);
    });
  }

  async preview(request: SubscribeRequest): Promise<SubscriptionPreview> {
    const wanted = await this.wanted(request);
    const { held, change, price } = wanted;
    const { currency, amountCents: recurringCents } = price;
    const now = new Date();
    const nothing = { change, dueNowCents: 0, recurringCents, currency, lines: [] };
    if (!held) return { ...nothing, dueNowCents: recurringCents, effectiveAt: now.toISOString() };
    if (change !== 'upgrade') {
      const at = change === 'downgrade' ? held.subscription.periodEnd : now;
      return { ...nothing, effectiveAt: at.toISOString() };
    }
    const facts = await this.factsOf(held);
    const items = await this.items.of(facts, wanted);
    const subscription = facts.id;
    const preview = await this.stripe.ask((stripe) =>
      stripe.invoices.createPreview({
        subscription,
        subscription_details: { items, proration_behavior: 'always_invoice' },
      }),
    );
    const lines = preview.lines.data.map(({ description, amount }) => ({
      description: description ?? 'Change of plan',
      amountCents: amount,
    }));
    const dueNowCents = Math.max(0, preview.amount_due);
    return { ...nothing, dueNowCents, lines, effectiveAt: now.toISOString() };
  }

  /** What is paid for stays until it is over. */
  async cancel({ productLine, now }: CancelSubscriptionRequest): Promise<SubscriptionResponse> {
    if (now && !currentCaller().roles.includes('super_admin'))
      throw new Forbidden('Only administrators of the platform end subscriptions at once');
    const tenantId = tenantOfCaller();
    const held = await this.heldIn(tenantId, productLine);
    const { externalId, source } = held.subscription;
    if (source === 'comped') return this.endComped(tenantId, held, now ?? false);
    if (now) await this.collector.end(externalId);
    else
      await this.stripe.ask((stripe) =>
        stripe.subscriptions.update(
          externalId,
          { cancel_at_period_end: true },
          { idempotencyKey: this.key('cancel', externalId) },
        ),
      );
    return this.applied(tenantId, externalId);
  }

  async resume(productLine: ProductLine | undefined): Promise<SubscriptionResponse> {
    const tenantId = tenantOfCaller();
    const held = await this.heldIn(tenantId, productLine);
    if (held.subscription.source === 'comped') throw new NoSubscription();
    const facts = await this.factsOf(held);
    if (facts.cancelAtPeriodEnd || facts.cancelsByDate) {
      await this.update(
        facts,
        'resume',
        facts.cancelsByDate ? { cancel_at: '' } : { cancel_at_period_end: false },
      );
    }
    await this.waiting.undo(tenantId, held, facts);
    return this.applied(tenantId, facts.id);
  }

  /** Stripe, asked again after no answer, makes no second one of the same attempt. */
  private async subscribe(
    { tenantId, plan, price }: Wanted,
    { customer, attemptId }: Buyer,
    card: string | undefined,
  ): Promise<string> {
    const items = await this.stripeCatalogue.itemsOf(plan, price);
    const made = await this.stripe.ask((stripe) =>
      stripe.subscriptions.create(
        {
          customer,
          items: items.map(({ price: id }) => ({ price: id })),
          metadata: planMetadata(tenantId, plan),
          payment_behavior: 'error_if_incomplete',
          ...(card ? { default_payment_method: card } : {}),
        },
        { idempotencyKey: `subscribe:${attemptId}` },
      ),
    );
    return made.id;
  }

  private async changeHeld(wanted: Wanted, held: HeldPlan, card: string | undefined): Promise<string> {
    const { tenantId, price, change } = wanted;
    const facts = await this.factsOf(held);
    if (change === 'downgrade' && price.interval !== held.subscription.interval) throw new IntervalWaits();
    // Before anything is charged, and also when nothing else changes.
    if (card) await this.update(facts, `card:${card}`, { default_payment_method: card });
    if (change === 'none') await this.waiting.undo(tenantId, held, facts);
    else if (change === 'downgrade') await this.downgrade(wanted, held, facts);
    else await this.waiting.without(tenantId, held, facts, (paid) => this.upgrade(wanted, paid));
    return facts.id;
  }

  private async downgrade(wanted: Wanted, held: HeldPlan, facts: SubscriptionFacts): Promise<void> {
    const { tenantId, plan } = wanted;
    const hold = { hold: refOf(held.plan), holdUntil: facts.periodEnd.toISOString() };
    await this.update(facts, refOf(plan), {
      items: await this.items.of(facts, wanted),
      metadata: { ...planMetadata(tenantId, plan), ...hold },
      proration_behavior: 'none',
    });
  }

  private async upgrade(wanted: Wanted, facts: SubscriptionFacts): Promise<void> {
    const { tenantId, plan } = wanted;
    await this.update(facts, refOf(plan), {
      items: await this.items.of(facts, wanted),
      metadata: planMetadata(tenantId, plan),
      proration_behavior: 'always_invoice',
      payment_behavior: 'error_if_incomplete',
    });
  }

  private update(facts: SubscriptionFacts, what: string, params: Stripe.SubscriptionUpdateParams) {
    return this.stripe.ask((stripe) =>
      stripe.subscriptions.update(facts.id, params, { idempotencyKey: this.key(what, facts.id) }),
    );
  }

  private async endComped(tenantId: string, { subscription, plan }: HeldPlan, now: boolean) {
    await this.database.forTenant(tenantId, () =>
      this.local.apply({
        tenantId,
        externalId: subscription.externalId,
        source: 'comped',
        planCode: plan.code,
        planVersion: plan.version,
        status: now ? 'canceled' : subscription.status,
        interval: subscription.interval,
        periodStart: subscription.periodStart,
        periodEnd: subscription.periodEnd,
        cancelAtPeriodEnd: true,
        asOf: new Date(),
      }),
    );
    return this.readModel.get(tenantId, subscription.externalId);
  }

  private async applied(tenantId: string, id: string): Promise<SubscriptionResponse> {
    await this.objects.apply('subscription', id);
    const { latestInvoiceId } = (await this.reader.subscription(id)) ?? {};
    if (latestInvoiceId) await this.objects.apply('invoice', latestInvoiceId);
    return this.readModel.get(tenantId, id);
  }

  private async wanted({ planCode, interval: said }: SubscribeRequest): Promise<Wanted> {
    const tenantId = tenantOfCaller();
    return this.database.forTenant(tenantId, async () => {
      const plan = await this.catalogue.find(planCode);
      if (!plan) throw new PlanUnknown(planCode);
      const all = await this.terms.withPlans(await this.subscriptions.live(tenantId));
      const held = all.find(
        ({ subscription: { productLine, source } }) =>
          productLine === plan.productLine && source === 'stripe',
      );
      const current = held && { plan: held.plan, interval: held.subscription.interval };
      // Who holds an older version at the same terms keeps it.
      const same = current?.plan.code === plan.code && (said ?? current.interval) === current.interval;
      const target = same ? current.plan : plan;
      const interval = said ?? current?.interval ?? 'month';
      const price = target.prices.find((each) => each.interval === interval);
      if (!price) throw new PriceUnknown(planCode);
      if (price.amountCents === 0) throw new NotForSale(planCode);
      return { tenantId, plan: target, price, held, change: changeOf(current, target, interval) };
    });
  }

  private async heldIn(tenantId: string, productLine: ProductLine | undefined): Promise<HeldPlan> {
    const all = await this.database.forTenant(tenantId, async () =>
      this.terms.withPlans(await this.subscriptions.live(tenantId)),
    );
    const found = all.filter(({ plan }) => !productLine || plan.productLine === productLine);
    const [held] = found;
    if (!held) throw new NoSubscription();
    if (found.length > 1) throw new WhichSubscription();
    return held;
  }

  private async factsOf({ subscription }: HeldPlan): Promise<SubscriptionFacts> {
    const facts = await this.reader.subscription(subscription.externalId);
    if (!facts) throw new NoSubscription();
    return facts;
  }

  /** One per request, so that a request sent again by the SDK or the broker changes nothing more. */
  private key(what: string, about: string): string {
    return `${what}:${about}:${currentCaller().requestId}`.slice(0, 255);
  }
}
