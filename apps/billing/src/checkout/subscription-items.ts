import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import type { Plan, Price } from '../catalogue/plan';
import { StripeCatalogue } from '../stripe/stripe-catalogue.service';
import type { SubscriptionFacts } from '../stripe/stripe-facts';

export type WantedItem = Stripe.SubscriptionUpdateParams.Item &
  Stripe.InvoiceCreatePreviewParams.SubscriptionDetails.Item;

@Injectable()
export class SubscriptionItems {
  constructor(private readonly stripeCatalogue: StripeCatalogue) {}

  /** The plan's price takes the place of the one before; metered ones are exchanged. */
  async of(facts: SubscriptionFacts, { plan, price }: { plan: Plan; price: Price }): Promise<WantedItem[]> {
    const wanted = await this.stripeCatalogue.itemsOf(plan, price);
    const base = facts.items.find(({ metered }) => !metered);
    const kept = new Set<string>();
    const items: WantedItem[] = [];
    for (const { price: id, metered } of wanted) {
      if (!metered && base) items.push({ id: base.id, price: id });
      else if (facts.items.some(({ priceId }) => priceId === id)) kept.add(id);
      else items.push({ price: id });
    }
    for (const { id, metered, priceId } of facts.items)
      if (metered && !kept.has(priceId)) items.push({ id, deleted: true, clear_usage: false });
    return items;
  }
}
