import { Inject, Injectable } from '@nestjs/common';
import {
  newId,
  PLAN_METERS,
  type PriceInterval,
  type SubscriptionSource,
  type SubscriptionStatus,
  type UsageMeter,
} from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import { Bookkeeper } from '../books/bookkeeper';
import type { Books } from '../books/books';
import { PlanUnknown } from '../catalogue/catalogue.errors';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import { METER_LINE, type Plan } from '../catalogue/plan';
import type { BillingConfig } from '../config';
import { PeriodKeeper } from '../periods/period-keeper';
import { isAnswered } from '../standing/standing';
import { isLive, type Subscription } from './subscription';
import { SubscriptionNews } from './subscription-news';
import { SubscriptionRepository } from './subscription.repository';
import { TermsRepository } from './terms.repository';

/** A subscription as its source says it is, whole. */
export interface SubscriptionState {
  readonly tenantId: string;
  /** Stripe’s id of it, or a name of ours for what is comped. */
  readonly externalId: string;
  readonly source: SubscriptionSource;
  readonly planCode: string;
  /** What the subscriber holds already, else the newest, when not said. */
  readonly planVersion?: number;
  readonly status: SubscriptionStatus;
  readonly interval: PriceInterval;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly quantity?: number;
  /** The beginning of the first period when not said. */
  readonly startedAt?: Date;
  readonly trialEnd?: Date | null;
  readonly cancelAtPeriodEnd?: boolean;
  /** When the source said so. What it said before that and comes later changes nothing. */
  readonly asOf: Date;
}

const DAY_MS = 86_400_000;

/** Where Stripe's news, comps and tests say what a tenant subscribed to. */
@Injectable()
export class Subscriptions {
  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly bookkeeper: Bookkeeper,
    private readonly catalogue: CatalogueRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly terms: TermsRepository,
    private readonly periods: PeriodKeeper,
    private readonly news: SubscriptionNews,
  ) {}

  /**
   * Takes over what the source says: any number of times, in any order. Grants the allowance of each period once.
   * Joins the open transaction of the tenant.
   * @returns the id of the subscription
   * @throws PlanUnknown
   */
  async apply(state: SubscriptionState, causationId?: string): Promise<string> {
    return this.bookkeeper.change(state.tenantId, {}, causationId, (books) =>
      this.applyTo(books, state, causationId),
    );
  }

  private async applyTo(books: Books, state: SubscriptionState, causationId?: string): Promise<string> {
    const { tenantId, now } = books;
    const known = await this.subscriptions.find(tenantId, state.externalId);
    if (known && known.asOf > state.asOf) return known.id;
    const held = await this.subscriptions.live(tenantId);
    const before = await this.terms.under(held, now);
    const previous = known ? (await this.catalogue.byIds([known.planId]))[0] : undefined;
    const plan = await this.planOf(state, previous);
    const applied = this.placed(toSubscription(state, plan, known), held);
    const replaced = held.find((other) => applied.live && other.id !== applied.id && isRival(other, applied));
    // The older one first: one per product line is alive at any moment.
    if (replaced) await this.subscriptions.save(tenantId, { ...replaced, status: 'canceled', live: false });
    await this.subscriptions.save(tenantId, applied);
    if (known && isUnchanged(known, applied)) return applied.id;

    const live = [...held.filter(({ id }) => id !== applied.id && id !== replaced?.id), applied].filter(
      (each) => each.live,
    );
    this.keepGrace(books, live);
    const after = await this.terms.under(live, now);
    await this.periods.follow(books, after, metersOf([plan, previous]));
    const changedPlan = previous && previous.code !== plan.code ? previous.code : null;
    await this.news.tellSubscription(books, applied, plan, changedPlan, causationId);
    if (summary(before) !== summary(after))
      await this.news.tellEntitlements(books, after, applied.id, causationId);
    return applied.id;
  }

  /** Who subscribed keeps the version; an edit is for those who come after. */
  private async planOf(state: SubscriptionState, held: Plan | undefined): Promise<Plan> {
    if (held?.code === state.planCode && (!state.planVersion || state.planVersion === held.version))
      return held;
    const plan = await this.catalogue.find(state.planCode, state.planVersion);
    if (!plan) throw new PlanUnknown(state.planCode);
    return plan;
  }

  /** Of two of one product line the one begun later holds, whichever is heard of first. */
  private placed(applied: Subscription, held: readonly Subscription[]): Subscription {
    const rival = held.find((other) => other.id !== applied.id && isRival(other, applied));
    if (!applied.live || !rival || rival.startedAt <= applied.startedAt) return applied;
    return { ...applied, status: 'canceled', live: false };
  }

  private keepGrace({ tenant, now }: Books, live: readonly Subscription[]): void {
    const behind = live.some(({ status, productLine }) => status === 'past_due' && isAnswered(productLine));
    if (!behind) tenant.graceUntil = null;
    else tenant.graceUntil ??= new Date(now.getTime() + this.config.DUNNING_GRACE_DAYS * DAY_MS);
  }
}

const isRival = (one: Subscription, other: Subscription): boolean => one.productLine === other.productLine;

function toSubscription(state: SubscriptionState, plan: Plan, known: Subscription | undefined): Subscription {
  const { externalId, source, status, interval, periodStart, periodEnd, asOf } = state;
  return {
    id: known?.id ?? newId(),
    externalId,
    source,
    productLine: plan.productLine,
    planId: plan.id,
    status,
    live: isLive(status),
    interval,
    quantity: state.quantity ?? 1,
    startedAt: state.startedAt ?? known?.startedAt ?? periodStart,
    periodStart,
    periodEnd,
    trialEnd: state.trialEnd ?? null,
    cancelAtPeriodEnd: state.cancelAtPeriodEnd ?? false,
    asOf,
  };
}

const isUnchanged = (known: Subscription, applied: Subscription): boolean =>
  JSON.stringify({ ...known, asOf: null }) === JSON.stringify({ ...applied, asOf: null });

function metersOf(plans: readonly (Plan | undefined)[]): UsageMeter[] {
  const lines = new Set(plans.map((plan) => plan?.productLine));
  return PLAN_METERS.filter((meter) => lines.has(METER_LINE[meter] ?? undefined));
}

const summary = (terms: { plans: Plan[]; modules: string[]; seats: number | null }): string =>
  JSON.stringify([terms.plans.map(({ id }) => id), terms.modules, terms.seats]);
