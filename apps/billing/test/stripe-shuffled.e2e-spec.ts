import {
  buyCredits,
  buyTopup,
  getSubscriptions,
  getUsage,
  listInvoices,
  listPayments,
  startCheckout,
} from '@parley/contracts';
import { callEnded } from './running-billing';
import { StripeDesk } from './stripe-desk';

/** One story, told in order to one tenant and in many ways to others. */
describe('what Stripe tells, doubled and shuffled', () => {
  let desk: StripeDesk;
  let told: object;

  beforeAll(async () => {
    desk = await StripeDesk.start();
  });
  afterAll(() => desk?.close());

  const pay = (sessionId: string) => desk.control('POST', `/checkout/${sessionId}/pay`);

  async function live(heard: () => Promise<void>): Promise<string> {
    const tenantId = await desk.aTenant();
    const { sessionId } = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.pro' });
    await pay(sessionId);
    const topup = await desk.billing.ask(tenantId, buyTopup, { packCode: 'minutes_300' });
    await pay(topup.sessionId);
    const { id: topupCharge } = await desk.lastCharge(tenantId);
    const credits = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
    await pay(credits.sessionId);
    const { id: creditsCharge } = await desk.lastCharge(tenantId);
    await desk.stripe.refunds.create({ charge: topupCharge, amount: 6_500 });
    await desk.stripe.refunds.create({ charge: topupCharge, amount: 3_251 });
    const dispute = await desk.control('POST', `/charges/${creditsCharge}/dispute`);
    await desk.control('POST', `/disputes/${String(dispute['id'])}/close`, { outcome: 'lost' });
    const subscription = String((await desk.stripe.checkout.sessions.retrieve(sessionId)).subscription);
    await desk.stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
    await heard();
    await desk.billing.deliver(callEnded(tenantId, { durationSeconds: 310 * 60 }));
    return tenantId;
  }

  /** Everything that a person or a book says, without what differs from tenant to tenant. */
  async function stateOf(tenantId: string): Promise<object> {
    const { subscriptions } = await desk.billing.ask(tenantId, getSubscriptions, {});
    const { credits, meters } = await desk.billing.ask(tenantId, getUsage, {});
    const { data: payments } = await desk.billing.ask(tenantId, listPayments, {});
    const { data: invoices } = await desk.billing.ask(tenantId, listInvoices, {});
    const accounts = await desk.database.query(
      `SELECT a.code, sum(e.amount)::int AS amount FROM billing.ledger_entries e
       JOIN billing.ledger_accounts a ON a.id = e.account_id WHERE a.tenant_id = $1 GROUP BY a.code ORDER BY a.code`,
      [tenantId],
    );
    return {
      subscriptions: subscriptions.map(({ plan, status, cancelAtPeriodEnd }) => [
        plan,
        status,
        cancelAtPeriodEnd,
      ]),
      credits,
      meters: meters.map(({ meter, remaining, used, held }) => [meter, remaining, used, held]),
      payments: payments.map(({ kind, status, amountCents, refundedCents }) => [
        kind,
        status,
        amountCents,
        refundedCents,
      ]),
      invoices: invoices.map(({ reason, status, paidCents }) => [reason, status, paidCents]),
      accounts: accounts.filter(({ amount }: { amount?: number }) => amount !== 0),
    };
  }

  const sorted = (state: object): string =>
    JSON.stringify(Object.values(state).map((part) => (Array.isArray(part) ? part.map(text).sort() : part)));
  const text = (value: unknown): string => JSON.stringify(value);

  it('is one state when heard as it happens', async () => {
    const tenantId = await live(() => desk.settled());
    told = await stateOf(tenantId);
    expect(told).toMatchObject({
      subscriptions: [['voice.pro', 'active', true]],
      // 100 were bought and lost; of the free 15 none is gone: the top-up paid for what the plan did not.
      credits: 15,
    });
    await desk.expectAgreement(tenantId);
  });

  it.each([
    ['backwards', { order: 'reversed', copies: 1 }, 1],
    ['shuffled, three times each', { order: 'shuffled', copies: 3 }, 7],
    ['shuffled otherwise, twice each', { order: 'shuffled', copies: 2 }, 11],
  ])('is the same state %s', async (_how, how, seed) => {
    await desk.hold();
    await desk.faults({ seed });
    const tenantId = await live(() => desk.release(how));
    expect(sorted(await stateOf(tenantId))).toBe(sorted(told));
    await desk.expectAgreement(tenantId);
  });
});
