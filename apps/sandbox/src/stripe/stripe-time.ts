import { DAY_SECONDS, type StripeClock } from './stripe-clock';
import { invalid } from './stripe-errors';
import type { StripeCheckout } from './stripe-checkout';
import type { StripeEvents } from './stripe-events';
import type { StripeInvoicing } from './stripe-invoicing';
import type { Subscription } from './stripe-objects';
import type { StripeStore } from './stripe-store';
import { hasEnded, type StripeSubscriptions } from './stripe-subscriptions';

const TRIAL_NOTICE_DAYS = 3;
/** An unpaid first invoice ends the subscription after this. */
const INCOMPLETE_SECONDS = 23 * 3_600;

interface Due {
  at: number;
  happen: () => void;
}

/** What happens by itself as time goes by: renewals, retries, ends of trials, cancellations, expiry. */
export class StripeTime {
  private readonly noticed = new Set<string>();

  constructor(
    private readonly store: StripeStore,
    private readonly clock: StripeClock,
    private readonly events: StripeEvents,
    private readonly invoicing: StripeInvoicing,
    private readonly subscriptions: StripeSubscriptions,
    private readonly checkout: StripeCheckout,
  ) {}

  /** Moves time to `seconds`, stopping at everything that is due on the way. @param testClock null: everything without one */
  advance(testClock: string | null, seconds: number): void {
    if (seconds < this.clock.now(testClock)) throw invalid('Time only goes forward.', 'frozen_time');
    for (let due = this.next(testClock, seconds); due; due = this.next(testClock, seconds)) {
      this.clock.moveTo(testClock, Math.max(due.at, this.clock.now(testClock)));
      due.happen();
    }
    this.clock.moveTo(testClock, seconds);
  }

  private next(testClock: string | null, until: number): Due | undefined {
    const all = [
      ...this.ofSubscriptions(testClock),
      ...this.ofInvoices(testClock),
      ...this.ofSessions(testClock),
    ];
    return all.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }

  private *ofSubscriptions(testClock: string | null): Generator<Due> {
    for (const subscription of this.store.subscriptions.all()) {
      if (subscription.test_clock !== testClock || hasEnded(subscription)) continue;
      const { status, cancel_at: cancelAt, trial_end: trialEnd, created } = subscription;
      if (cancelAt !== null) {
        yield {
          at: cancelAt,
          happen: () => this.subscriptions.cancel(subscription, 'cancellation_requested'),
        };
      }
      if (status === 'trialing' && trialEnd !== null) yield* this.ofTrial(subscription, trialEnd);
      if (status === 'incomplete') {
        yield { at: created + INCOMPLETE_SECONDS, happen: () => this.expire(subscription) };
      }
      const end = subscription.items.data[0]?.current_period_end;
      if (
        (status === 'active' || status === 'past_due') &&
        end !== undefined &&
        (cancelAt ?? Infinity) > end
      ) {
        yield { at: end, happen: () => this.subscriptions.renew(subscription) };
      }
    }
  }

  private *ofTrial(subscription: Subscription, trialEnd: number): Generator<Due> {
    if (!this.noticed.has(subscription.id)) {
      const notify = (): void => {
        this.noticed.add(subscription.id);
        this.events.emit('customer.subscription.trial_will_end', subscription);
      };
      yield { at: trialEnd - TRIAL_NOTICE_DAYS * DAY_SECONDS, happen: notify };
    }
    yield { at: trialEnd, happen: () => this.subscriptions.endTrial(subscription, trialEnd) };
  }

  private *ofInvoices(testClock: string | null): Generator<Due> {
    for (const invoice of this.store.invoices.all()) {
      if (invoice.test_clock !== testClock || invoice.status !== 'open') continue;
      const subscription = this.invoicing.subscriptionOf(invoice);
      if (invoice.next_payment_attempt === null || !subscription || hasEnded(subscription)) continue;
      const retry = (): void => {
        this.invoicing.collect(invoice);
        this.subscriptions.settle(subscription, invoice);
        if (invoice.status === 'open' && invoice.next_payment_attempt === null) {
          this.subscriptions.cancel(subscription, 'payment_failed');
        }
      };
      yield { at: invoice.next_payment_attempt, happen: retry };
    }
  }

  private *ofSessions(testClock: string | null): Generator<Due> {
    for (const session of this.store.sessions.all()) {
      const clock = this.store.customers.find(session.customer)?.test_clock ?? null;
      if (session.status !== 'open' || clock !== testClock) continue;
      yield { at: session.expires_at, happen: () => this.checkout.expire(session) };
    }
  }

  private expire(subscription: Subscription): void {
    this.subscriptions.change(subscription, () => (subscription.status = 'incomplete_expired'));
    const invoice = this.store.invoices.find(subscription.latest_invoice);
    if (invoice?.status === 'open') this.invoicing.void(invoice);
  }
}
