import type { Background } from '../delivery/background';
import type { WebhookSender } from '../delivery/webhook-sender';
import { StripeCheckout } from './stripe-checkout';
import { StripeClock } from './stripe-clock';
import { StripeEvents } from './stripe-events';
import { StripeInvoicing } from './stripe-invoicing';
import { StripePayments } from './stripe-payments';
import { StripeStore } from './stripe-store';
import { StripeSubscriptions } from './stripe-subscriptions';
import { StripeTime } from './stripe-time';

/** The simulated Stripe, put together. */
export class SimulatedStripe {
  readonly store = new StripeStore();
  readonly clock = new StripeClock(this.store);
  readonly events: StripeEvents;
  readonly payments: StripePayments;
  readonly invoicing: StripeInvoicing;
  readonly subscriptions: StripeSubscriptions;
  readonly checkout: StripeCheckout;
  readonly time: StripeTime;

  constructor(webhookSecret: string, sender: WebhookSender, background: Background) {
    const { store, clock } = this;
    this.events = new StripeEvents(store, clock, webhookSecret, sender, background);
    this.payments = new StripePayments(store, clock, this.events);
    this.invoicing = new StripeInvoicing(store, clock, this.events, this.payments);
    this.subscriptions = new StripeSubscriptions(store, clock, this.events, this.invoicing);
    this.checkout = new StripeCheckout(store, clock, this.events, this.payments, this.subscriptions);
    this.time = new StripeTime(store, clock, this.events, this.invoicing, this.subscriptions, this.checkout);
  }
}
