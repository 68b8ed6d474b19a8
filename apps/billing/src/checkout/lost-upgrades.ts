import { Injectable, type OnModuleInit } from '@nestjs/common';
import { opsAlertRaisedV1 } from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CatalogueRepository } from '../catalogue/catalogue.repository';
import type { Plan, Price } from '../catalogue/plan';
import { Customers } from '../customers/customers.service';
import { Collector } from '../payments/collector.service';
import { StripeClient } from '../stripe/stripe.client';
import { StripeReader } from '../stripe/stripe.reader';
import { StripeCatalogueRepository } from '../stripe/stripe-catalogue.repository';
import type { InvoiceFacts, SubscriptionFacts } from '../stripe/stripe-facts';
import { type UndoUpgrade, undoUpgrade } from '../stripe/stripe-jobs';
import { StripeObjects } from '../stripe/stripe-objects.service';
import { planMetadata } from '../stripe/subscription-metadata';
import { SubscriptionItems } from './subscription-items';

/** A change of plan whose money went back is taken back: to the plan that was paid before, where that period still runs. */
@Injectable()
export class LostUpgrades implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueRepository,
    private readonly prices: StripeCatalogueRepository,
    private readonly customers: Customers,
    private readonly collector: Collector,
    private readonly stripe: StripeClient,
    private readonly reader: StripeReader,
    private readonly objects: StripeObjects,
    private readonly items: SubscriptionItems,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(undoUpgrade, (job) => this.undo(job));
  }

  private async undo({ stripeSubscriptionId: id, stripeInvoiceId }: UndoUpgrade): Promise<void> {
    const [facts, invoice] = [await this.reader.subscription(id), await this.reader.invoice(stripeInvoiceId)];
    const tenantId = await this.customers.tenantOf(invoice.customerId);
    if (!facts || !tenantId || facts.status === 'canceled') return;
    const paid = invoice.lines.filter(({ amountCents }) => amountCents > 0);
    // Changed since: what came later was counted from what is lost now.
    if (!paid.some(({ priceId }) => priceId === facts.priceId)) return this.tell(tenantId, invoice);
    const wholePeriod = paid.some(({ periodStart }) => periodStart.getTime() === facts.periodStart.getTime());
    const before = wholePeriod ? undefined : await this.planBefore(facts, invoice);
    if (!before) return this.collector.end(id);
    const items = await this.items.of(facts, before);
    const metadata = planMetadata(tenantId, before.plan);
    await this.stripe.ask((stripe) =>
      stripe.subscriptions.update(
        id,
        { items, metadata, proration_behavior: 'none' },
        { idempotencyKey: `undo-upgrade:${stripeInvoiceId}` },
      ),
    );
    await this.objects.apply('subscription', id);
  }

  /** What the invoice gave back the unused time of, when it is billed in the same rhythm. */
  private async planBefore(
    { interval }: SubscriptionFacts,
    { lines }: InvoiceFacts,
  ): Promise<{ plan: Plan; price: Price } | undefined> {
    const credited = lines.find(({ amountCents }) => amountCents < 0)?.priceId;
    if (!credited) return undefined;
    return this.database.system('the plan before an upgrade', async () => {
      const [sold] = await this.prices.plansAt(credited);
      const plan = sold && (await this.catalogue.find(sold.code, sold.version));
      const price = plan?.prices.find((each) => each.interval === interval && sold?.interval === interval);
      return plan && price ? { plan, price } : undefined;
    });
  }

  private async tell(tenantId: string, { id, subscriptionId }: InvoiceFacts): Promise<void> {
    await this.database.forTenant(tenantId, () =>
      this.outbox.add(
        opsAlertRaisedV1,
        {
          kind: 'lost_upgrade',
          severity: 'warning',
          tenantId,
          message:
            'The money of an upgrade went back, and the plan was changed since: look at what is paid for',
          details: { stripeInvoiceId: id, stripeSubscriptionId: subscriptionId },
          dedupeKey: `lost_upgrade:${id}`,
        },
        { subject: tenantId, tenantId },
      ),
    );
  }
}
