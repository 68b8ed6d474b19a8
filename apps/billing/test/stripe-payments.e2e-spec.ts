import {
  buyCredits,
  buyTopup,
  getCredits,
  getEntitlements,
  getSubscriptions,
  getUsage,
  listAllPayments,
  newId,
  opsAlertRaisedV1,
  paymentDisputedV1,
  paymentRefundedV1,
  refundPayment,
  resolvePayment,
  startCheckout,
  syncBilling,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { StripeObjects } from '../src/stripe/stripe-objects.service';
import { StripeReader } from '../src/stripe/stripe.reader';
import { callEnded, tenantErased } from './running-billing';
import { StripeDesk } from './stripe-desk';

describe('refunds and disputes', () => {
  let desk: StripeDesk;
  let tenantId: string;

  beforeAll(async () => {
    desk = await StripeDesk.start();
  });
  afterAll(() => desk?.close());
  beforeEach(async () => {
    tenantId = await desk.aTenant();
  });

  const credits = async () => (await desk.billing.ask(tenantId, getCredits, {})).balance;
  const minutes = async () => {
    const { meters } = await desk.billing.ask(tenantId, getUsage, {});
    return meters.find(({ meter }) => meter === 'voice_minutes');
  };
  const buy = async (packCode: string, count = 1): Promise<string> => {
    const operation = packCode.startsWith('credits') ? buyCredits : buyTopup;
    const { sessionId } = await desk.billing.ask(tenantId, operation, { packCode, count });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
    return paymentId();
  };
  const paymentId = async (): Promise<string> => {
    const [row] = await desk.database.query<{ id: string }>(
      'SELECT id FROM billing.payments WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC',
      [tenantId],
    );
    return row?.id ?? '';
  };
  const refund = (id: string, amountCents?: number) =>
    desk.billing.askAsPlatform(refundPayment, {
      id,
      reason: 'asked for',
      ...(amountCents ? { amountCents } : {}),
    });
  const dispute = async (amount?: number): Promise<string> => {
    const { id } = await desk.lastCharge(tenantId);
    const made = await desk.control('POST', `/charges/${id}/dispute`, amount ? { amount } : {});
    await desk.settled();
    return String(made['id']);
  };
  const close = async (id: string, outcome: 'won' | 'lost'): Promise<void> => {
    await desk.control('POST', `/disputes/${id}/close`, { outcome });
    await desk.settled();
  };
  const talk = (seconds: number) =>
    desk.billing.deliver(callEnded(tenantId, { callId: newId(), durationSeconds: seconds }));

  it('takes credits back in parts that make the whole', async () => {
    const id = await buy('credits_100');
    expect(await credits()).toBe(115);
    const left: number[] = [];
    for (const cents of [500, 333, 667]) {
      const answer = await refund(id, cents);
      left.push(await credits());
      expect(answer.status).toBe(left.length === 3 ? 'refunded' : 'partially_refunded');
    }
    // 33 1/3, then 55 8/15, then 100 of 100 in all.
    expect(left).toEqual([115 - 33, 115 - 55, 15]);
    await expect(refund(id, 1)).rejects.toMatchObject({ code: 'REFUND_TOO_LARGE' });
    await desk.settled();
    expect(await credits()).toBe(15);
    const told = desk.billing.told(tenantId, paymentRefundedV1);
    expect(told.map((each) => [each.amountCents, each.totalRefundedCents])).toEqual([
      [500, 500],
      [333, 833],
      [667, 1_500],
    ]);
    await eventually(() => expect(desk.billing.acts(tenantId)).toEqual(Array(3).fill('payment.refunded')));
    await desk.expectAgreement(tenantId);
  });

  it('leaves a debt where refunded units were used', async () => {
    const id = await buy('credits_100');
    await talk(110 * 60);
    expect(await credits()).toBe(5);
    await refund(id);
    await desk.settled();
    expect(await credits()).toBe(-95);
    await desk.expectAgreement(tenantId);
  });

  it('refunds once when two ask for the same at once', async () => {
    const id = await buy('minutes_300');
    await Promise.allSettled([refund(id, 1_000), refund(id, 1_000)]);
    await desk.settled();
    expect(await desk.centsAtStripe(tenantId)).toBe(18_500);
    await desk.expectAgreement(tenantId);
  });

  it('gives units again when a refund fails', async () => {
    await buy('credits_100');
    const { id: charge } = await desk.lastCharge(tenantId);
    const made = await desk.stripe.refunds.create({ charge });
    await desk.settled();
    expect(await credits()).toBe(15);
    await desk.control('POST', `/refunds/${made.id}/fail`);
    await desk.settled();
    expect(await credits()).toBe(115);
    await desk.expectAgreement(tenantId);
  });

  it('freezes what is left of disputed units, and gives them back when it is won', async () => {
    await buy('minutes_300');
    await talk(60 * 60);
    expect(await minutes()).toMatchObject({ remaining: 255 });
    const id = await dispute();
    expect(await minutes()).toMatchObject({ held: 240, remaining: 15 });
    await desk.expectAgreement(tenantId);
    await close(id, 'won');
    expect(await minutes()).toMatchObject({ held: 0, remaining: 255 });
    expect(desk.billing.told(tenantId, paymentDisputedV1).map(({ status }) => status)).toEqual([
      'opened',
      'won',
    ]);
    expect(desk.billing.told(tenantId, opsAlertRaisedV1)).toMatchObject([
      { kind: 'payment_disputed', severity: 'critical', details: { amountCents: 19_500 } },
    ]);
    await desk.expectAgreement(tenantId);
  });

  it('takes disputed units when it is lost, used or not', async () => {
    await buy('minutes_300');
    await talk(60 * 60);
    await close(await dispute(), 'lost');
    expect(await minutes()).toMatchObject({ held: 0 });
    expect(await credits()).toBe(15 - 60);
    await desk.expectAgreement(tenantId);
  });

  const appeal = async (id: string): Promise<void> => {
    await desk.control('POST', `/disputes/${id}/appeal`);
    await desk.settled();
  };

  it('brings back what a lost dispute took, when an appeal is won', async () => {
    await buy('minutes_300');
    const id = await dispute();
    await close(id, 'lost');
    expect(await minutes()).toMatchObject({ remaining: 15 });
    await appeal(id);
    expect(await minutes()).toMatchObject({ remaining: 15 });
    expect(await desk.centsInBooks(tenantId)).toBe(0);
    await close(id, 'won');
    expect(await minutes()).toMatchObject({ held: 0, remaining: 315 });
    expect(await desk.centsInBooks(tenantId)).toBe(19_500);
    const { data } = await desk.billing.askAsPlatform(listAllPayments, {});
    expect(data.find((payment) => payment.tenantId === tenantId)).toMatchObject({ status: 'succeeded' });
    const told = desk.billing.told(tenantId, paymentDisputedV1).map(({ status }) => status);
    expect(told).toEqual(['opened', 'lost', 'won']);
    await desk.expectAgreement(tenantId);
  });

  it('takes nothing twice when an appeal is lost as well', async () => {
    await buy('credits_100');
    const id = await dispute();
    await close(id, 'lost');
    await appeal(id);
    await close(id, 'lost');
    expect(await credits()).toBe(15);
    expect(desk.billing.told(tenantId, paymentDisputedV1).map(({ status }) => status)).toEqual([
      'opened',
      'lost',
    ]);
    await desk.expectAgreement(tenantId);
  });

  it('does not go back to what an older answer of Stripe says', async () => {
    await buy('credits_100');
    const reader = desk.billing.get<StripeReader>(StripeReader);
    const id = await dispute();
    const [payment] = (await desk.stripe.paymentIntents.list({ customer: await desk.customerOf(tenantId) }))
      .data;
    const older = await reader.payment(payment?.id ?? '');
    await close(id, 'lost');
    const late = jest.spyOn(reader, 'payment').mockResolvedValueOnce(older);
    await desk.billing.get<StripeObjects>(StripeObjects).apply('payment', payment?.id ?? '');
    late.mockRestore();
    expect(await credits()).toBe(15);
    const { data } = await desk.billing.askAsPlatform(listAllPayments, { status: 'disputed' });
    expect(data.map((each) => each.tenantId)).toContain(tenantId);
    await desk.billing.get<StripeObjects>(StripeObjects).apply('payment', payment?.id ?? '');
    await desk.expectAgreement(tenantId);
  });

  it('moves no money over an inquiry, unless it becomes a dispute', async () => {
    await buy('credits_100');
    const { id: charge } = await desk.lastCharge(tenantId);
    const asked = await desk.control('POST', `/charges/${charge}/dispute`, { inquiry: true });
    await desk.settled();
    expect(await desk.centsInBooks(tenantId)).toBe(1_500);
    await desk.expectAgreement(tenantId);
    await desk.control('POST', `/disputes/${String(asked['id'])}/escalate`);
    await desk.settled();
    expect(await desk.centsInBooks(tenantId)).toBe(0);
    await close(String(asked['id']), 'lost');
    expect(await credits()).toBe(15);
    await desk.expectAgreement(tenantId);
  });

  it('lets an inquiry pass that came to nothing', async () => {
    await buy('credits_100');
    const { id: charge } = await desk.lastCharge(tenantId);
    const asked = await desk.control('POST', `/charges/${charge}/dispute`, { inquiry: true });
    await close(String(asked['id']), 'won');
    expect(await credits()).toBe(115);
    await desk.expectAgreement(tenantId);
  });

  it.each(['settle', 'fail'])('follows a refund that waits for the bank: %s', async (outcome) => {
    await buy('credits_100');
    await desk.control('PUT', '/refunds', { wait: true });
    const { id: charge } = await desk.lastCharge(tenantId);
    const made = await desk.stripe.refunds.create({ charge });
    await desk.control('PUT', '/refunds', { wait: false });
    await desk.settled();
    expect(await credits()).toBe(15);
    await desk.control('POST', `/refunds/${made.id}/${outcome}`);
    await desk.settled();
    expect(await credits()).toBe(outcome === 'fail' ? 115 : 15);
    await desk.expectAgreement(tenantId);
  });

  it('ends a subscription whose money went back', async () => {
    const { sessionId } = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.pro' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
    const id = await paymentId();
    await refund(id, 4_900);
    await desk.settled();
    expect((await desk.billing.ask(tenantId, getSubscriptions, {})).subscriptions).toHaveLength(1);
    await refund(id);
    await desk.settled();
    expect((await desk.billing.ask(tenantId, getSubscriptions, {})).subscriptions).toEqual([]);
    expect((await desk.billing.ask(tenantId, getEntitlements, {})).plans).toEqual(['sales.free']);
    await desk.expectAgreement(tenantId);
  });

  it('knows the end of a story that it hears backwards and twice', async () => {
    await desk.hold();
    const { sessionId } = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_500' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    const { id: charge } = await desk.lastCharge(tenantId);
    await desk.stripe.refunds.create({ charge, amount: 1_300 });
    const { id } = await desk.control('POST', `/charges/${charge}/dispute`);
    await desk.control('POST', `/disputes/${String(id)}/close`, { outcome: 'won' });
    await desk.release({ copies: 2, order: 'reversed' });
    expect(await credits()).toBe(15 + 400);
    await desk.expectAgreement(tenantId);
  });

  it('has a person look at money that it does not understand, and gives nothing for it', async () => {
    await buy('credits_100');
    const customer = await desk.customerOf(tenantId);
    const price = await desk.stripe.prices.create({
      currency: 'eur',
      unit_amount: 1_500,
      product_data: { name: 'In another currency' },
    });
    const metadata = { tenantId, kind: 'credits', pack: 'credits_100@1', count: '1' };
    const session = await desk.stripe.checkout.sessions.create({
      mode: 'payment',
      customer,
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://app.parley.test',
      payment_intent_data: { metadata },
    });
    await desk.control('POST', `/checkout/${session.id}/pay`);
    await desk.settled();
    expect(await credits()).toBe(115);
    const { data } = await desk.billing.askAsPlatform(listAllPayments, { status: 'manual_review' });
    const [odd] = data.filter((payment) => payment.tenantId === tenantId);
    expect(odd).toMatchObject({ review: 'wrong_currency', currency: 'EUR' });
    const resolved = await desk.billing.askAsPlatform(resolvePayment, {
      id: odd?.id ?? '',
      action: 'refund',
    });
    expect(resolved).toMatchObject({ status: 'refunded', resolution: 'refund' });
    const again = desk.billing.askAsPlatform(resolvePayment, { id: odd?.id ?? '', action: 'waive' });
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
    await eventually(() =>
      expect(desk.billing.acts(tenantId)).toEqual(['payment.refunded', 'payment.resolved']),
    );
  });

  it('makes good in a sync what it never heard of', async () => {
    await desk.hold();
    const { sessionId } = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    const { id: charge } = await desk.lastCharge(tenantId);
    await desk.stripe.refunds.create({ charge, amount: 750 });
    for (let times = 0; times < 2; times += 1)
      await desk.billing.askAsPlatform(syncBilling, { id: tenantId });
    expect(await credits()).toBe(65);
    await eventually(() => expect(desk.billing.acts(tenantId)).toEqual(['billing.synced', 'billing.synced']));
    await desk.release();
    expect(await credits()).toBe(65);
    await desk.expectAgreement(tenantId);
  });

  it('catches up once Stripe is back', async () => {
    const { sessionId } = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
    await desk.hold();
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.faults({ errorRate5xx: 1 });
    await desk.control('POST', '/webhook/flush');
    await expect(desk.billing.askAsPlatform(syncBilling, { id: tenantId })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(await credits()).toBe(15);
    await desk.faults({});
    await desk.release();
    expect(await credits()).toBe(115);
  });

  it('ends what Stripe bills for a tenant that is erased', async () => {
    const { sessionId } = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.core' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
    const customer = await desk.customerOf(tenantId);
    const statuses = async () =>
      (await desk.stripe.subscriptions.list({ customer, status: 'all' })).data.map(({ status }) => status);
    expect(await statuses()).toEqual(['active']);
    const news = tenantErased(tenantId);
    await desk.billing.deliver(news, news);
    await eventually(async () => expect(await statuses()).toEqual(['canceled']));
    await desk.settled();
  });

  it('forgets the customer of an erased tenant, closes its pages, and still knows what comes back late', async () => {
    const { sessionId } = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
    const open = await desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.core' });
    const customer = await desk.customerOf(tenantId);
    await desk.billing.deliver(tenantErased(tenantId));
    await eventually(async () =>
      expect(await desk.stripe.customers.retrieve(customer)).toMatchObject({ deleted: true }),
    );
    const late = desk.control('POST', `/checkout/${open.sessionId}/pay`);
    await expect(late).rejects.toThrow(/expired/);
    const { id: charge } = await desk.lastCharge(tenantId);
    await desk.stripe.refunds.create({ charge, amount: 500 });
    await desk.settled();
    expect(await desk.centsInBooks(tenantId)).toBe(1_000);
  });

  it('sells to a tenant whose customer somebody deleted at Stripe', async () => {
    await buy('credits_100');
    const { id: charge } = await desk.lastCharge(tenantId);
    const former = await desk.customerOf(tenantId);
    await desk.stripe.customers.del(former);
    await desk.billing.askAsPlatform(syncBilling, { id: tenantId });
    await buy('credits_100');
    expect(await desk.customerOf(tenantId)).not.toBe(former);
    expect(await credits()).toBe(215);
    await desk.stripe.refunds.create({ charge });
    await desk.settled();
    expect(await credits()).toBe(115);
  });
});
