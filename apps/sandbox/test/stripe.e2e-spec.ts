import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@parley/testing';
import Stripe from 'stripe';
import { type RunningSandbox, startSandbox } from '../src';

const MONTH_MS = 31 * 86_400_000;

describe('the simulated Stripe', () => {
  const secret = `whsec_${randomBytes(12).toString('hex')}`;
  const told: Stripe.Event[] = [];
  let sandbox: RunningSandbox;
  let endpoint: Server;
  let stripe: Stripe;

  beforeAll(async () => {
    endpoint = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const header = request.headers['stripe-signature'] ?? '';
        told.push(Stripe.webhooks.constructEvent(Buffer.concat(chunks), header, secret));
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as AddressInfo;
    sandbox = await startSandbox({
      port: 0,
      twilioAuthToken: 'test',
      vapiSecret: 'test',
      stripeWebhookSecret: secret,
      stripeWebhookUrl: `http://127.0.0.1:${port}/hook`,
    });
    const { hostname, port: apiPort } = new URL(sandbox.url);
    stripe = new Stripe('sandbox', {
      host: hostname,
      port: apiPort,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
  });
  afterAll(async () => {
    await sandbox.close();
    endpoint.close();
  });
  beforeEach(() => (told.length = 0));

  const control = async (method: string, path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${sandbox.url}/control/stripe${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const hasTold = (...types: string[]): Promise<void> =>
    eventually(() => expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(types)));
  const aPrice = (amount: number, interval?: 'month' | 'year'): Promise<Stripe.Price> =>
    stripe.prices.create({
      currency: 'usd',
      unit_amount: amount,
      product_data: { name: `For ${amount}` },
      ...(interval ? { recurring: { interval } } : {}),
    });
  const aClock = async (): Promise<{ clock: string; customer: string; start: number }> => {
    const start = Math.floor(Date.parse('2027-01-31T12:00:00Z') / 1000);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const { id: customer } = await stripe.customers.create({ email: 'a@example.test', test_clock: clock.id });
    await control('POST', `/customers/${customer}/card`, { behaviour: 'succeeds' });
    return { clock: clock.id, customer, start };
  };

  it('sells a subscription at its hosted page and tells everything about it', async () => {
    const customer = await stripe.customers.create({ email: 'ada@example.test', metadata: { tenant: 't1' } });
    const price = await aPrice(14_900, 'month');
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://app.example.test/done?session={CHECKOUT_SESSION_ID}',
      metadata: { of: 'session' },
      subscription_data: { metadata: { of: 'subscription' } },
    });
    const page = await fetch(session.url ?? '');
    expect(await page.text()).toContain('149.00 USD');
    const declined = await fetch(session.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'declined' }),
    });
    expect(declined.status).toBe(402);
    const paid = await fetch(session.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'paid' }),
      redirect: 'manual',
    });
    expect(paid.headers.get('location')).toBe(`https://app.example.test/done?session=${session.id}`);

    const done = await stripe.checkout.sessions.retrieve(session.id);
    expect(done).toMatchObject({ status: 'complete', payment_status: 'paid' });
    const subscription = await stripe.subscriptions.retrieve(String(done.subscription));
    expect(subscription).toMatchObject({ status: 'active', metadata: { of: 'subscription' } });
    const invoice = await stripe.invoices.retrieve(String(done.invoice));
    expect(invoice).toMatchObject({
      status: 'paid',
      amount_paid: 14_900,
      billing_reason: 'subscription_create',
    });
    await hasTold(
      'payment_intent.payment_failed',
      'customer.subscription.created',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
      'checkout.session.completed',
    );
  });

  it('carries the metadata of a payment to its charge', async () => {
    const price = await aPrice(2_000);
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      customer_email: 'bo@example.test',
      line_items: [{ price: price.id, quantity: 2 }],
      success_url: 'https://app.example.test',
      payment_intent_data: { metadata: { credits: '100' } },
    });
    await control('POST', `/checkout/${session.id}/pay`, { fingerprint: 'plastic' });
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id);
    const [charge] = (await stripe.charges.list({ payment_intent: String(intent) })).data;
    expect(charge).toMatchObject({ amount: 4_000, metadata: { credits: '100' } });
    expect(charge?.payment_method_details?.card?.fingerprint).toBe('plastic');
    const lines = await stripe.checkout.sessions.listLineItems(session.id);
    expect(lines.data).toMatchObject([{ quantity: 2, price: { id: price.id } }]);
  });

  it('answers a doubled request with its first answer, and refuses another under the same key', async () => {
    const idempotencyKey = randomBytes(8).toString('hex');
    const [one, two] = [
      await stripe.customers.create({ name: 'Zoë' }, { idempotencyKey }),
      await stripe.customers.create({ name: 'Zoë' }, { idempotencyKey }),
    ];
    expect(two.id).toBe(one.id);
    await expect(stripe.customers.create({ name: 'Other' }, { idempotencyKey })).rejects.toThrow(
      Stripe.errors.StripeIdempotencyError,
    );
  });

  it('refunds in parts, never more than was paid', async () => {
    const price = await aPrice(1_000);
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://app.example.test',
    });
    await control('POST', `/checkout/${session.id}/pay`, {});
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session.id);
    await stripe.refunds.create({ payment_intent: String(intent), amount: 300 });
    await expect(stripe.refunds.create({ payment_intent: String(intent), amount: 701 })).rejects.toThrow(
      /greater/,
    );
    await stripe.refunds.create({ payment_intent: String(intent) });
    await eventually(() => {
      const refunded = told.filter(({ type }) => type === 'charge.refunded').map(({ data }) => data);
      expect(refunded.map(({ object }) => (object as Stripe.Charge).amount_refunded).sort()).toEqual([
        1_000, 300,
      ]);
    });
    const balance = await stripe.balanceTransactions.list({ limit: 100, type: 'refund' });
    expect(balance.data.reduce((sum, { amount }) => sum + amount, 0)).toBe(-1_000);
  });

  it('renews on a test clock, keeping the last day of the month', async () => {
    const { clock, customer, start } = await aClock();
    const price = await aPrice(4_900, 'month');
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + 95 * 86_400 });
    const invoices = await stripe.invoices.list({ subscription: subscription.id });
    const days = invoices.data
      .map(({ created }) => new Date(created * 1000).toISOString().slice(0, 10))
      .reverse();
    expect(days).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30']);
    expect(invoices.data.every(({ status }) => status === 'paid')).toBe(true);
  });

  it('retries a failed renewal and ends the subscription when the card stays bad', async () => {
    const { clock, customer, start } = await aClock();
    const price = await aPrice(4_900, 'month');
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    await control('POST', `/customers/${customer}/card`, { behaviour: 'declines' });
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + 30 * 86_400 });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' });
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + 60 * 86_400 });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
    });
    await hasTold('customer.subscription.deleted');
    expect(told.filter(({ type }) => type === 'invoice.payment_failed')).toHaveLength(4);
  });

  it('prorates an upgrade to the second and previews it before', async () => {
    const { clock, customer, start } = await aClock();
    const [small, large] = [await aPrice(3_100, 'month'), await aPrice(6_200, 'month')];
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: small.id }] });
    const [item] = subscription.items.data;
    const half = Math.floor((start + (item?.current_period_end ?? 0)) / 2);
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: half });
    const items = [{ id: item?.id ?? '', price: large.id }];
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items },
    });
    expect(preview.lines.data.map(({ amount }) => amount)).toEqual([-1_550, 3_100]);
    const updated = await stripe.subscriptions.update(subscription.id, {
      items,
      proration_behavior: 'always_invoice',
    });
    const invoice = await stripe.invoices.retrieve(String(updated.latest_invoice));
    expect(invoice).toMatchObject({ total: 1_550, status: 'paid', billing_reason: 'subscription_update' });
  });

  it('bills metered usage once per identifier', async () => {
    const { clock, customer, start } = await aClock();
    const meter = await stripe.billing.meters.create({
      display_name: 'Minutes',
      event_name: `minutes_${customer}`,
      default_aggregation: { formula: 'sum' },
    });
    const metered = await stripe.prices.create({
      currency: 'usd',
      unit_amount_decimal: Stripe.Decimal.from('12.5'),
      product_data: { name: 'Overage' },
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const base = await aPrice(1_000, 'month');
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: base.id }, { price: metered.id }],
    });
    for (const identifier of ['call-1', 'call-1', 'call-2']) {
      await stripe.billing.meterEvents.create({
        event_name: meter.event_name,
        payload: { stripe_customer_id: customer, value: '3' },
        identifier: `${identifier}-${customer}`,
        timestamp: start + 60,
      });
    }
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + MONTH_MS / 1000 });
    const [latest] = (await stripe.invoices.list({ subscription: id, limit: 1 })).data;
    expect(latest?.total).toBe(1_075);
  });

  it('gives notice of a trial, and cancels one that ends without a card', async () => {
    const start = Math.floor(Date.parse('2027-03-01T00:00:00Z') / 1000);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const customer = await stripe.customers.create({ email: 'trial@example.test', test_clock: clock.id });
    const price = await aPrice(900, 'month');
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://app.example.test',
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 14,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    });
    await control('POST', `/checkout/${session.id}/pay`, {});
    const done = await stripe.checkout.sessions.retrieve(session.id);
    expect(done.payment_status).toBe('no_payment_required');
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 20 * 86_400 });
    await hasTold('customer.subscription.trial_will_end', 'customer.subscription.deleted');
    expect((await stripe.charges.list({ customer: customer.id })).data).toHaveLength(0);
  });

  it('takes disputed money away and gives it back when the dispute is won', async () => {
    const { customer } = await aClock();
    const price = await aPrice(5_000, 'month');
    await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    const [charge] = (await stripe.charges.list({ customer })).data;
    const dispute = await control('POST', `/charges/${charge?.id}/dispute`, {});
    await expect(stripe.refunds.create({ charge: charge?.id ?? '' })).rejects.toThrow(/disputed/);
    await control('POST', `/disputes/${String(dispute['id'])}/close`, { outcome: 'won' });
    await hasTold('charge.dispute.created', 'charge.dispute.closed');
    const closed = await stripe.disputes.retrieve(String(dispute['id']));
    expect(closed.status).toBe('won');
    expect(closed.balance_transactions.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
  });

  it('holds events back and lets them out doubled and in another order', async () => {
    await control('PUT', '/webhook', { paused: true });
    for (const name of ['one', 'two', 'three']) await stripe.customers.create({ name });
    const flushed = await control('POST', '/webhook/flush', { order: 'reversed', copies: 2 });
    await control('PUT', '/webhook', { paused: false });
    expect(flushed).toEqual({ sent: 6 });
    expect(told.map(({ data }) => (data.object as Stripe.Customer).name)).toEqual([
      'three',
      'two',
      'one',
      'three',
      'two',
      'one',
    ]);
  });

  it('refuses as Stripe does', async () => {
    await expect(stripe.customers.retrieve('cus_nobody')).rejects.toMatchObject({ code: 'resource_missing' });
    await expect(stripe.prices.create({ currency: 'usd' } as never)).rejects.toMatchObject({
      param: 'product',
    });
    const { customer } = await aClock();
    await control('POST', `/customers/${customer}/card`, { behaviour: 'declines' });
    const price = await aPrice(700, 'month');
    const refused = stripe.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      payment_behavior: 'error_if_incomplete',
    });
    await expect(refused).rejects.toThrow(Stripe.errors.StripeCardError);
    const response = await fetch(`${sandbox.url}/v1/customers`);
    expect(response.status).toBe(401);
  });
});
