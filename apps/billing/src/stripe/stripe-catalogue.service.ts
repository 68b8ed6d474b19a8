import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { UsageMeter } from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { Database } from '@parley/persistence';
import type Stripe from 'stripe';
import { CatalogueRepository, type Pack } from '../catalogue/catalogue.repository';
import { type Entitlement, isBilled, type Plan, type Price } from '../catalogue/plan';
import { StripeClient } from './stripe.client';
import { StripeCatalogueRepository } from './stripe-catalogue.repository';

/** Name of a meter's events at Stripe. */
export const meterEventName = (meter: UsageMeter): string => `parley_${meter}_overage`;

/** Whether use beyond what is included is billed afterwards. */

interface WantedPrice {
  readonly lookupKey: string;
  readonly name: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly recurring?: Stripe.PriceCreateParams.Recurring;
}

/** Sees to it that what we sell exists at Stripe, found there by lookup key, and remembers where. */
@Injectable()
export class StripeCatalogue implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly stripe: StripeClient,
    private readonly catalogue: CatalogueRepository,
    private readonly prices: StripeCatalogueRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('billing-stripe-catalogue', '30 2 * * *', () => this.sync());
  }

  /** Everything on offer. */
  async sync(): Promise<void> {
    const { plans, packs } = await this.inCatalogue(async () => ({
      plans: await this.catalogue.newest(),
      packs: await this.catalogue.packs(),
    }));
    for (const plan of plans) for (const price of plan.prices) await this.itemsOf(plan, price);
    for (const pack of packs) if (pack.isActive) await this.priceOfPack(pack);
  }

  /** What a subscription of the plan consists of: its price, and one by meter for each use billed afterwards. */
  async itemsOf(plan: Plan, price: Price): Promise<{ price: string; metered: boolean }[]> {
    if (price.interval === 'none' || price.amountCents === 0) return [];
    const items = [{ price: await this.priceOfPlan(plan, price), metered: false }];
    for (const entitlement of plan.entitlements)
      if (isBilled(entitlement))
        items.push({ price: await this.overage(plan, price, entitlement), metered: true });
    return items;
  }

  async priceOfPack(pack: Pack): Promise<string> {
    if (pack.stripePriceId) return pack.stripePriceId;
    const { code, version, quantity, amountCents, currency } = pack;
    const name = `${quantity} ${pack.meter.replaceAll('_', ' ')}`;
    const id = await this.ensure({ lookupKey: `pack.${code}.v${version}`, name, amountCents, currency });
    await this.inCatalogue(() => this.prices.keepPackPrice(code, version, id));
    return id;
  }

  private async priceOfPlan(plan: Plan, price: Price): Promise<string> {
    if (price.stripePriceId) return price.stripePriceId;
    const { interval, amountCents, currency } = price;
    const lookupKey = `${plan.code}.${interval}.v${plan.version}`;
    const recurring = { interval: interval === 'year' ? ('year' as const) : ('month' as const) };
    const id = await this.ensure({ lookupKey, name: plan.name, amountCents, currency, recurring });
    await this.inCatalogue(() => this.prices.keepPrice(plan.id, interval, id));
    return id;
  }

  private async overage(plan: Plan, price: Price, { meter, overageCents }: Entitlement): Promise<string> {
    const { interval, currency } = price;
    const known = await this.inCatalogue(() => this.prices.overagePrice(plan.id, meter, interval));
    if (known) return known;
    const id = await this.ensure({
      lookupKey: `${plan.code}.overage.${meter}.${interval}.v${plan.version}`,
      name: `${plan.name}: ${meter.replaceAll('_', ' ')} beyond what is included`,
      amountCents: overageCents,
      currency,
      recurring: {
        interval: interval === 'year' ? 'year' : 'month',
        usage_type: 'metered',
        meter: await this.meter(meter),
      },
    });
    await this.inCatalogue(() => this.prices.keepOveragePrice(plan.id, meter, interval, id));
    return id;
  }

  private async meter(meter: UsageMeter): Promise<string> {
    const eventName = meterEventName(meter);
    const all = await this.stripe.all((stripe, page) => stripe.billing.meters.list(page));
    const known = all.find(({ event_name: name, status }) => name === eventName && status === 'active');
    if (known) return known.id;
    const made = await this.stripe.ask((stripe) =>
      stripe.billing.meters.create(
        {
          display_name: meter,
          event_name: eventName,
          default_aggregation: { formula: 'sum' },
          customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
          value_settings: { event_payload_key: 'value' },
        },
        { idempotencyKey: `meter:${eventName}` },
      ),
    );
    return made.id;
  }

  /** A price of that key with other figures is somebody else's: its key passes to ours. */
  private async ensure({ lookupKey, name, amountCents, currency, recurring }: WantedPrice): Promise<string> {
    const { data } = await this.stripe.ask((stripe) =>
      stripe.prices.list({ lookup_keys: [lookupKey], active: true, limit: 1 }),
    );
    const [known] = data;
    if (known?.unit_amount === amountCents && known.currency === currency.toLowerCase()) return known.id;
    const made = await this.stripe.ask((stripe) =>
      stripe.prices.create(
        {
          lookup_key: lookupKey,
          transfer_lookup_key: true,
          currency: currency.toLowerCase(),
          unit_amount: amountCents,
          product_data: { name },
          ...(recurring ? { recurring } : {}),
        },
        { idempotencyKey: `price:${lookupKey}:${amountCents}:${currency}` },
      ),
    );
    return made.id;
  }

  private inCatalogue<T>(work: () => Promise<T>): Promise<T> {
    return this.database.system('the catalogue at Stripe', work);
  }
}
