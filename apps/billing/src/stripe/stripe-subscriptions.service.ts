import { Injectable, Logger } from '@nestjs/common';
import { opsAlertRaisedV1, trialEndingV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { addMonths } from '../periods/windows';
import { isLive, type Subscription } from '../subscriptions/subscription';
import { SubscriptionRepository } from '../subscriptions/subscription.repository';
import { Subscriptions } from '../subscriptions/subscriptions.service';
import { StripeReader } from './stripe.reader';
import { type SoldPlan, StripeCatalogueRepository } from './stripe-catalogue.repository';
import type { SubscriptionFacts } from './stripe-facts';
import { heldUntil, planNamed } from './subscription-metadata';
import { TenantLine } from './tenant-line';

const DAY_MS = 86_400_000;
const TRIAL_NOTICE_DAYS = 3;

/** Takes subscriptions over as Stripe has them. */
@Injectable()
export class StripeSubscriptions {
  private readonly logger = new Logger(StripeSubscriptions.name);

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly reader: StripeReader,
    private readonly line: TenantLine,
    private readonly prices: StripeCatalogueRepository,
    private readonly known: SubscriptionRepository,
    private readonly subscriptions: Subscriptions,
  ) {}

  isKnown(tenantId: string, stripeId: string): Promise<boolean> {
    return this.database.forTenant(
      tenantId,
      async () => (await this.known.find(tenantId, stripeId)) !== undefined,
    );
  }

  /** @param asOf before Stripe was asked: of two answers the one asked for later holds */
  async follow(tenantId: string, facts: SubscriptionFacts, asOf: Date): Promise<void> {
    const plan = await this.planOf(facts, asOf);
    if (!plan) {
      this.logger.warn(
        { tenantId, subscription: facts.id, price: facts.priceId },
        'a price that is not ours',
      );
      return;
    }
    const unpaid = await this.isPeriodUnpaid(facts);
    await this.line.inTurn(tenantId, async () => {
      const known = await this.known.find(tenantId, facts.id);
      await this.noticeSecond(tenantId, facts, plan);
      const subscriptionId = await this.subscriptions.apply({
        tenantId,
        externalId: facts.id,
        source: 'stripe',
        planCode: plan.code,
        planVersion: plan.version,
        status: facts.status,
        interval: facts.interval,
        quantity: facts.quantity,
        startedAt: facts.startedAt,
        ...(unpaid
          ? paidPeriod(facts, known)
          : { periodStart: facts.periodStart, periodEnd: facts.periodEnd }),
        trialEnd: facts.trialEnd,
        cancelAtPeriodEnd: facts.cancelAtPeriodEnd,
        asOf,
      });
      await this.tellTrial(tenantId, subscriptionId, facts, plan.code);
    });
  }

  /** Stripe bills both and here one holds: somebody has to end the other. */
  private async noticeSecond(tenantId: string, facts: SubscriptionFacts, { code }: SoldPlan): Promise<void> {
    if (!isLive(facts.status)) return;
    const second = (await this.known.live(tenantId)).find(
      ({ externalId, productLine, source }) =>
        externalId !== facts.id && source === 'stripe' && code.startsWith(`${productLine}.`),
    );
    if (!second) return;
    const subscriptions = [second.externalId, facts.id].sort();
    this.logger.error({ tenantId, subscriptions }, 'two subscriptions of one product line are billed');
    await this.outbox.add(
      opsAlertRaisedV1,
      {
        kind: 'second_subscription',
        severity: 'critical',
        tenantId,
        message: 'Stripe bills two subscriptions of one product line: end one, and refund what it cost',
        details: { subscriptions },
        dedupeKey: `second_subscription:${subscriptions.join(':')}`,
      },
      { subject: tenantId, tenantId },
    );
  }

  /** Versions that share a price are told apart by what we wrote when it was sold; the newest otherwise. */
  private async planOf(facts: SubscriptionFacts, now: Date): Promise<SoldPlan | undefined> {
    const sold = await this.database.system('what a price stands for', () =>
      this.prices.plansAt(facts.priceId),
    );
    const held = heldUntil(facts.metadata, facts.periodStart, now);
    if (held) return { ...held, interval: facts.interval };
    const named = planNamed(facts.metadata);
    return sold.find(({ code, version }) => code === named?.code && version === named.version) ?? sold[0];
  }

  /** The renewal was not paid: what Stripe calls the current period is not bought yet. */
  private async isPeriodUnpaid(facts: SubscriptionFacts): Promise<boolean> {
    if (facts.status !== 'past_due' || !facts.latestInvoiceId) return false;
    const invoice = await this.reader.invoice(facts.latestInvoiceId);
    return invoice.status !== 'paid' && invoice.reason === 'subscription_cycle';
  }

  /** Once per trial, and not when it was cut short: then the first payment says more. */
  private async tellTrial(
    tenantId: string,
    subscriptionId: string,
    { status, trialEnd, hasPaymentMethod }: SubscriptionFacts,
    plan: string,
  ): Promise<void> {
    if (status !== 'trialing' || !trialEnd) return;
    const left = trialEnd.getTime() - Date.now();
    if (left <= 0 || left > TRIAL_NOTICE_DAYS * DAY_MS) return;
    const told = await this.database.execute(
      `UPDATE subscriptions SET trial_told = $2 WHERE id = $1 AND trial_told IS DISTINCT FROM $2`,
      [subscriptionId, trialEnd],
    );
    if (told === 0) return;
    await this.outbox.add(
      trialEndingV1,
      { subscriptionId, plan, trialEnd: trialEnd.toISOString(), hasPaymentMethod },
      { subject: tenantId, tenantId },
    );
  }
}

/** The last period that was paid for. */
function paidPeriod(
  { periodStart, interval }: SubscriptionFacts,
  known: Subscription | undefined,
): { periodStart: Date; periodEnd: Date } {
  if (known && known.periodEnd.getTime() === periodStart.getTime())
    return { periodStart: known.periodStart, periodEnd: periodStart };
  return { periodStart: addMonths(periodStart, interval === 'year' ? -12 : -1), periodEnd: periodStart };
}
