import {
  buyCredits,
  buyTopup,
  getCredits,
  getSubscriptions,
  getUsage,
  listInvoices,
  listPayments,
  openPortal,
  paymentSucceededV1,
  startCheckout,
  verifyCheckout,
} from '@parley/contracts';
import { StripeDesk } from './stripe-desk';

describe('checkout at Stripe', () => {
  let desk: StripeDesk;
  let tenantId: string;

  beforeAll(async () => {
    desk = await StripeDesk.start();
  });
  afterAll(() => desk?.close());
  beforeEach(async () => {
    tenantId = await desk.aTenant();
  });

  const pay = (sessionId: string, buyer: object = {}) =>
    desk.control('POST', `/checkout/${sessionId}/pay`, buyer);
  const usageOf = async (meter: string) =>
    (await desk.billing.ask(tenantId, getUsage, {})).meters.find((each) => each.meter === meter);

  it('sells a subscription: plan, allowance, invoice, payment and cash', async () => {
    const session = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.pro' });
    expect(session).toMatchObject({ status: 'open', offer: 'voice.pro@1', kind: 'subscription' });
    await pay(session.sessionId, { fingerprint: 'plastic' });
    await desk.settled();

    const { subscriptions } = await desk.billing.ask(tenantId, getSubscriptions, {});
    expect(subscriptions).toMatchObject([{ plan: 'voice.pro', status: 'active', source: 'stripe' }]);
    expect(await usageOf('voice_minutes')).toMatchObject({ included: 300, remaining: 315 });
    const { data: invoices } = await desk.billing.ask(tenantId, listInvoices, {});
    expect(invoices).toMatchObject([{ status: 'paid', paidCents: 24_900, reason: 'subscription_create' }]);
    const { data: payments } = await desk.billing.ask(tenantId, listPayments, {});
    expect(payments).toMatchObject([
      { kind: 'subscription', status: 'succeeded', amountCents: 24_900, invoiceId: invoices[0]?.id },
    ]);
    const told = desk.billing.told(tenantId, paymentSucceededV1);
    expect(told).toMatchObject([
      {
        kind: 'subscription',
        amountCents: 24_900,
        currency: 'USD',
        cardFingerprint: 'plastic',
        firstPayment: true,
        subscriptionId: subscriptions[0]?.id,
      },
    ]);
    await desk.expectAgreement(tenantId);
  });

  it('knows what came of a page before any event arrives', async () => {
    await desk.hold();
    const session = await desk.billing.ask(tenantId, buyTopup, { packCode: 'minutes_300', count: 2 });
    await pay(session.sessionId);
    const done = await desk.billing.ask(tenantId, verifyCheckout, { id: session.sessionId });
    expect(done).toMatchObject({ status: 'completed', paymentStatus: 'paid' });
    expect(await desk.billing.ask(tenantId, verifyCheckout, { id: session.id })).toEqual(done);
    expect(await usageOf('voice_minutes')).toMatchObject({ remaining: 615 });
    await desk.release({ copies: 2, order: 'reversed' });
    expect(await usageOf('voice_minutes')).toMatchObject({ remaining: 615 });
    await desk.expectAgreement(tenantId);
  });

  it('gives credits when a delayed payment arrives, and none before', async () => {
    const session = await desk.billing.ask(tenantId, buyCredits, { credits: 100 });
    await pay(session.sessionId, { outcome: 'delayed' });
    await desk.settled();
    expect((await desk.billing.ask(tenantId, getCredits, {})).balance).toBe(15);
    await desk.control('POST', `/checkout/${session.sessionId}/settle`, { succeeded: true });
    await desk.settled();
    expect((await desk.billing.ask(tenantId, getCredits, {})).balance).toBe(115);
    await desk.expectAgreement(tenantId);
  });

  it('sells one subscription per product line: an older page is closed', async () => {
    const first = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.core' });
    const second = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.pro' });
    await expect(pay(first.sessionId)).rejects.toThrow(/expired/);
    await pay(second.sessionId);
    await desk.settled();
    const again = desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.elite' });
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('refuses what is not for sale, and addresses of others', async () => {
    const ask = (request: object) =>
      desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.pro', ...request });
    await expect(ask({ priceCode: 'voice.nothing' })).rejects.toMatchObject({ kind: 'notFound' });
    await expect(ask({ interval: 'year' })).rejects.toMatchObject({ code: 'PRICE_UNKNOWN' });
    await expect(ask({ priceCode: 'sales.free', interval: 'none' })).rejects.toMatchObject({
      kind: 'invalid',
    });
    for (const successUrl of ['https://evil.test/', '//evil.test', 'https://app.parley.test@evil.test/'])
      await expect(ask({ successUrl })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(ask({ trialDays: 60 })).rejects.toMatchObject({ kind: 'invalid' });
    const pack = desk.billing.ask(tenantId, buyTopup, { packCode: 'credits_100' });
    await expect(pack).rejects.toMatchObject({ kind: 'notFound' });
    expect(await desk.centsInBooks(tenantId)).toBe(0);
  });

  it('does not show a page to another tenant', async () => {
    const session = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
    const stranger = await desk.aTenant();
    for (const id of [session.id, session.sessionId])
      await expect(desk.billing.ask(stranger, verifyCheckout, { id })).rejects.toMatchObject({
        kind: 'notFound',
      });
  });

  it('opens the portal with the one customer of the tenant, made once by two at once', async () => {
    const open = () => desk.billing.ask(tenantId, openPortal, { returnUrl: 'https://app.parley.test/x' });
    const [one, two] = await Promise.all([open(), open()]);
    const customer = await desk.customerOf(tenantId);
    expect([one.url, two.url].map((url) => url.includes(customer))).toEqual([true, true]);
  });
});
