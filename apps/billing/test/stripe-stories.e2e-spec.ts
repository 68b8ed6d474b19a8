import {
  buyTopup,
  getEntitlements,
  getSubscriptions,
  getUsage,
  listInvoices,
  listPayments,
  startCheckout,
} from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { freezeClock } from '@parley/testing';
import * as fc from 'fast-check';
import Stripe from 'stripe';
import { StripeCatalogue } from '../src/stripe/stripe-catalogue.service';
import { callEnded } from './running-billing';
import { StripeDesk } from './stripe-desk';

const DAY_MS = 86_400_000;
/** No story begins later, however slow the machine. */
const TIME_LIMIT_MS = 20_000;
const ACTS = [
  'topup',
  'upgrade',
  'renew',
  'fail',
  'repair',
  'refund',
  'dispute',
  'win',
  'cancel',
  'end',
] as const;
type Act = (typeof ACTS)[number];

/** One tenant's life at Stripe, which hears of billing only what it did itself. */
class Life {
  constructor(
    private readonly desk: StripeDesk,
    private readonly pass: (days: number) => Promise<void>,
    readonly tenantId: string,
  ) {}

  async subscribe(): Promise<void> {
    const { sessionId } = await this.desk.billing.ask(this.tenantId, startCheckout, {
      priceCode: 'voice.core',
    });
    await this.desk.control('POST', `/checkout/${sessionId}/pay`);
  }

  /** What Stripe refuses now it refuses in every order. */
  async act(act: Act): Promise<void> {
    try {
      await this[act]();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
    }
  }

  async end(): Promise<void> {
    const subscription = await this.subscription();
    if (subscription) await this.desk.stripe.subscriptions.cancel(subscription.id);
  }

  private async topup(): Promise<void> {
    const { sessionId } = await this.desk.billing.ask(this.tenantId, buyTopup, { packCode: 'minutes_300' });
    await this.desk.control('POST', `/checkout/${sessionId}/pay`);
  }

  private async upgrade(): Promise<void> {
    const subscription = await this.subscription();
    const item = subscription?.items.data.find(({ price }) => price.recurring?.usage_type !== 'metered');
    if (!subscription || !item) return;
    const higher =
      item.price.lookup_key === 'voice.core.month.v1' ? 'voice.pro.month.v1' : 'voice.elite.month.v1';
    const [price] = (await this.desk.stripe.prices.list({ lookup_keys: [higher] })).data;
    if (!price) throw new Error(`${higher} is not sold`);
    await this.desk.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price: price.id }],
      proration_behavior: 'always_invoice',
    });
  }

  private async renew(): Promise<void> {
    await this.card('succeeds');
    await this.pass(32);
  }

  private async fail(): Promise<void> {
    await this.card('declines');
    await this.pass(32);
  }

  private async repair(): Promise<void> {
    await this.card('succeeds');
    const open = await this.desk.stripe.invoices.list({ customer: await this.customer(), status: 'open' });
    for (const { id } of open.data) await this.desk.stripe.invoices.pay(id);
  }

  private async refund(): Promise<void> {
    const { id, amount } = await this.desk.lastCharge(this.tenantId);
    await this.desk.stripe.refunds.create({ charge: id, amount: Math.floor(amount / 3) });
  }

  private async dispute(): Promise<void> {
    const { id, disputed, paid } = await this.desk.lastCharge(this.tenantId);
    if (paid && !disputed) await this.desk.control('POST', `/charges/${id}/dispute`);
  }

  private async win(): Promise<void> {
    const { id: charge } = await this.desk.lastCharge(this.tenantId);
    const { data } = await this.desk.stripe.disputes.list({ charge });
    const open = data.find(({ status }) => status === 'needs_response');
    if (open) await this.desk.control('POST', `/disputes/${open.id}/close`, { outcome: 'won' });
  }

  private async cancel(): Promise<void> {
    const subscription = await this.subscription();
    if (subscription)
      await this.desk.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  }

  private async card(behaviour: 'succeeds' | 'declines'): Promise<void> {
    await this.desk.control('POST', `/customers/${await this.customer()}/card`, { behaviour });
  }

  private async subscription(): Promise<Stripe.Subscription | undefined> {
    return (await this.desk.stripe.subscriptions.list({ customer: await this.customer() })).data[0];
  }

  private customer(): Promise<string> {
    return this.desk.customerOf(this.tenantId);
  }
}

describe('any story that Stripe tells', () => {
  let desk: StripeDesk;
  let clock: ReturnType<typeof freezeClock>;
  let now = Date.UTC(2027, 5, 15, 12);

  beforeAll(async () => {
    // Months pass in a moment here: schedules would run for each minute of them.
    const schedules = jest.spyOn(Jobs.prototype, 'schedule').mockReturnValue();
    desk = await StripeDesk.start();
    schedules.mockRestore();
    // A change of plan needs the other plans' prices there.
    await desk.billing.get<StripeCatalogue>(StripeCatalogue).sync();
    clock = freezeClock(new Date(now));
  });
  afterAll(async () => {
    clock?.release();
    await desk?.close();
  });

  const moveTo = async (instant: number): Promise<void> => {
    now = instant;
    clock.set(new Date(now));
    await desk.control('POST', '/clock', { to: new Date(now).toISOString() });
  };

  /** Each life begins on the same day of a year, for months to be as long and parts of them to cost as much. */
  const live = async (acts: readonly Act[], heard: (last: boolean) => Promise<void>): Promise<Life> => {
    await moveTo(Date.UTC(new Date(now).getUTCFullYear() + 1, 5, 15, 12));
    const pass = (days: number): Promise<void> => moveTo(now + days * DAY_MS);
    const life = new Life(desk, pass, await desk.aTenant());
    await life.subscribe();
    for (const act of acts) {
      await heard(false);
      await life.act(act);
    }
    await heard(true);
    await desk.billing.deliver(
      callEnded(life.tenantId, { durationSeconds: 200 * 60, endedAt: new Date(now).toISOString() }),
    );
    return life;
  };

  const stateOf = async ({ tenantId }: Life): Promise<object> => {
    const { subscriptions } = await desk.billing.ask(tenantId, getSubscriptions, {});
    const { credits, meters } = await desk.billing.ask(tenantId, getUsage, {});
    const { data: payments } = await desk.billing.ask(tenantId, listPayments, {});
    const { data: invoices } = await desk.billing.ask(tenantId, listInvoices, {});
    const { plans, seats } = await desk.billing.ask(tenantId, getEntitlements, {});
    const year = (text: string): string => text.slice(4);
    return {
      subscriptions: subscriptions.map((each) => [
        each.plan,
        each.status,
        each.cancelAtPeriodEnd,
        year(each.currentPeriodEnd),
      ]),
      entitlements: [plans, seats],
      credits,
      meters: meters.map((each) => [each.meter, each.included, each.remaining, each.used, each.held]),
      payments: payments
        .map((each) => [each.kind, each.status, each.amountCents, each.refundedCents].join(' '))
        .sort(),
      invoices: invoices.map((each) => [each.reason, each.status, each.paidCents].join(' ')).sort(),
      cents: await desk.centsInBooks(tenantId),
    };
  };

  it('is one state, told in order or doubled and shuffled', async () => {
    const begun = performance.now();
    const story = fc.asyncProperty(
      fc.array(fc.constantFrom(...ACTS), { minLength: 2, maxLength: 6 }),
      fc.nat(1_000),
      fc.integer({ min: 1, max: 3 }),
      async (acts, seed, copies) => {
        if (performance.now() - begun > TIME_LIMIT_MS) return;
        const inOrder = await live(acts, () => desk.settled());
        const told = await stateOf(inOrder);
        await inOrder.end();
        await desk.settled();

        await desk.hold();
        await desk.faults({ seed });
        const shuffled = await live(acts, (last) =>
          last ? desk.release({ order: 'shuffled', copies }) : Promise.resolve(),
        );
        expect(await stateOf(shuffled)).toEqual(told);
        await desk.expectAgreement(shuffled.tenantId);
        await shuffled.end();
        await desk.settled();
      },
    );
    // Without shrinking: that would tell many more stories, and each is short.
    await fc.assert(story, { numRuns: 8, endOnFailure: true });
  }, 60_000);
});
