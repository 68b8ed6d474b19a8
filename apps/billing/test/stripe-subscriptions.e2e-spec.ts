import {
  cancelSubscription,
  compPlan,
  getSubscriptions,
  getUsage,
  listAllPayments,
  listPayments,
  makeCheckoutLink,
  opsAlertRaisedV1,
  paymentFailedV1,
  paymentNeedsReviewV1,
  paymentSucceededV1,
  previewSubscription,
  ProviderFailed,
  putSubscription,
  refundPayment,
  resolvePayment,
  resumeSubscription,
  startCheckout,
  trialEndingV1,
} from '@parley/contracts';
import { Jobs } from '@parley/messaging';
import { eventually, freezeClock } from '@parley/testing';
import { Collector } from '../src/payments/collector.service';
import { retryPayment } from '../src/stripe/stripe-jobs';
import { callEnded } from './running-billing';
import { StripeDesk } from './stripe-desk';

const DAY = 86_400_000;

describe('subscriptions at Stripe', () => {
  let desk: StripeDesk;
  let tenantId: string;
  let clock: ReturnType<typeof freezeClock>;
  let now = Date.parse('2027-01-15T12:00:00Z');

  beforeAll(async () => {
    // Days pass in a moment here: schedules would run for each minute of them.
    const schedules = jest.spyOn(Jobs.prototype, 'schedule').mockReturnValue();
    desk = await StripeDesk.start();
    schedules.mockRestore();
    clock = freezeClock(new Date(now));
    await desk.control('POST', '/clock', { to: new Date(now).toISOString() });
  });
  afterAll(async () => {
    clock.release();
    await desk?.close();
  });
  beforeEach(async () => {
    tenantId = await desk.aTenant();
  });

  /** Time goes by here and at Stripe. */
  const pass = async (days: number): Promise<void> => {
    now += days * DAY;
    clock.set(new Date(now));
    await desk.control('POST', '/clock', { to: new Date(now).toISOString() });
    await desk.settled();
  };
  const subscribe = async (priceCode = 'voice.core', request: object = {}): Promise<void> => {
    const { sessionId } = await desk.billing.ask(tenantId, startCheckout, { priceCode, ...request });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
  };
  const held = async () => (await desk.billing.ask(tenantId, getSubscriptions, {})).subscriptions[0];
  const put = (planCode: string) => desk.billing.ask(tenantId, putSubscription, { planCode });
  const included = async () => {
    const { meters } = await desk.billing.ask(tenantId, getUsage, {});
    const voice = meters.find(({ meter }) => meter === 'voice_minutes');
    return [voice?.included, voice?.remaining];
  };
  const card = async (behaviour: 'succeeds' | 'declines') =>
    desk.control('POST', `/customers/${await desk.customerOf(tenantId)}/card`, { behaviour });

  it('renews with the allowance of the new period', async () => {
    await subscribe();
    await desk.billing.deliver(callEnded(tenantId, { durationSeconds: 3_000 }));
    expect(await included()).toEqual([150, 115]);
    await pass(32);
    expect(await included()).toEqual([150, 165]);
    expect((await held())?.currentPeriodStart).toBe('2027-02-15T12:00:00.000Z');
    expect(desk.billing.told(tenantId, paymentSucceededV1).map((each) => each.firstPayment)).toEqual([
      true,
      false,
    ]);
    await desk.expectAgreement(tenantId);
  });

  it('upgrades at once for the price that the preview said', async () => {
    await subscribe();
    await pass(10);
    const preview = await desk.billing.ask(tenantId, previewSubscription, { planCode: 'voice.elite' });
    expect(preview).toMatchObject({ change: 'upgrade', recurringCents: 49_700 });
    const upgraded = await put('voice.elite');
    expect(upgraded).toMatchObject({ plan: 'voice.elite', status: 'active' });
    await eventually(() => expect(desk.billing.acts(tenantId)).toEqual(['subscription.changed']));
    expect(await included()).toEqual([800, 815]);
    await desk.settled();
    const { data } = await desk.billing.ask(tenantId, listPayments, {});
    expect(data.map(({ amountCents }) => amountCents)).toEqual([preview.dueNowCents, 14_900]);
    await desk.expectAgreement(tenantId);
  });

  const refundLatest = async (): Promise<void> => {
    const [latest] = (await desk.billing.ask(tenantId, listPayments, {})).data;
    await desk.billing.askAsPlatform(refundPayment, { id: latest?.id ?? '', reason: 'asked for' });
    await desk.settled();
  };

  it('goes back to the plan before when all money of an upgrade goes back', async () => {
    await subscribe();
    await pass(10);
    await put('voice.elite');
    await refundLatest();
    expect(await held()).toMatchObject({ plan: 'voice.core', status: 'active' });
    expect(await included()).toEqual([150, 165]);
    await pass(25);
    const [renewed] = (await desk.billing.ask(tenantId, listPayments, {})).data;
    expect(renewed).toMatchObject({ amountCents: 14_900, status: 'succeeded' });
    await desk.expectAgreement(tenantId);
  });

  it('ends when all money of a change to yearly billing is lost in a dispute', async () => {
    await subscribe('sales.growth');
    await pass(10);
    await desk.billing.ask(tenantId, putSubscription, { planCode: 'sales.growth', interval: 'year' });
    await desk.settled();
    const { id } = await desk.control('POST', `/charges/${(await desk.lastCharge(tenantId)).id}/dispute`);
    await desk.control('POST', `/disputes/${String(id)}/close`, { outcome: 'lost' });
    await desk.settled();
    expect(await held()).toBeUndefined();
    await desk.expectAgreement(tenantId);
  });

  it('asks a person when the plan was changed again since', async () => {
    await subscribe();
    await pass(5);
    await put('voice.pro');
    await pass(1);
    const [upgrade] = (await desk.billing.ask(tenantId, listPayments, {})).data;
    await put('voice.elite');
    await desk.billing.askAsPlatform(refundPayment, { id: upgrade?.id ?? '', reason: 'asked for' });
    await desk.settled();
    expect(await held()).toMatchObject({ plan: 'voice.elite' });
    expect(desk.billing.told(tenantId, opsAlertRaisedV1)).toMatchObject([{ kind: 'lost_upgrade' }]);
  });

  it('changes nothing when the card refuses the upgrade', async () => {
    await subscribe();
    await card('declines');
    await expect(put('voice.elite')).rejects.toMatchObject({ code: 'PAYMENT_FAILED' });
    await desk.settled();
    expect(await held()).toMatchObject({ plan: 'voice.core', status: 'active' });
    expect(await included()).toEqual([150, 165]);
    await desk.expectAgreement(tenantId);
  });

  it('downgrades when what is paid for is over', async () => {
    await subscribe('voice.pro');
    const downgraded = await put('voice.core');
    expect(downgraded).toMatchObject({ plan: 'voice.pro' });
    await desk.settled();
    expect(await included()).toEqual([300, 315]);
    await pass(32);
    expect(await held()).toMatchObject({ plan: 'voice.core' });
    expect(await included()).toEqual([150, 165]);
    const { data } = await desk.billing.ask(tenantId, listPayments, {});
    expect(data.map(({ amountCents }) => amountCents)).toEqual([14_900, 24_900]);
    await desk.expectAgreement(tenantId);
  });

  it('takes a waiting downgrade back, and counts an upgrade from what was paid', async () => {
    await subscribe('voice.pro');
    await put('voice.core');
    await put('voice.pro');
    await pass(32);
    expect(await held()).toMatchObject({ plan: 'voice.pro' });
    await put('voice.core');
    const upgraded = await put('voice.elite');
    expect(upgraded).toMatchObject({ plan: 'voice.elite' });
    await desk.settled();
    const { data } = await desk.billing.ask(tenantId, listPayments, {});
    const latest = Math.max(...data.map(({ amountCents }) => amountCents));
    expect(latest).toBe(24_900);
    expect(data).toHaveLength(3);
    await desk.expectAgreement(tenantId);
  });

  it('lets a downgrade wait on when the card refuses an upgrade', async () => {
    await subscribe('voice.pro');
    await put('voice.core');
    await card('declines');
    await expect(put('voice.elite')).rejects.toMatchObject({ code: 'PAYMENT_FAILED' });
    await desk.settled();
    expect(await held()).toMatchObject({ plan: 'voice.pro' });
    await card('succeeds');
    await pass(32);
    expect(await held()).toMatchObject({ plan: 'voice.core', status: 'active' });
    await desk.expectAgreement(tenantId);
  });

  it('ends at the end of the period, unless it is resumed', async () => {
    await subscribe();
    expect(await desk.billing.ask(tenantId, cancelSubscription, {})).toMatchObject({
      cancelAtPeriodEnd: true,
      status: 'active',
    });
    expect(await desk.billing.ask(tenantId, resumeSubscription, {})).toMatchObject({
      cancelAtPeriodEnd: false,
    });
    await desk.billing.ask(tenantId, cancelSubscription, { productLine: 'voice' });
    await pass(32);
    expect(await held()).toBeUndefined();
    const now = desk.billing.ask(tenantId, cancelSubscription, { now: true });
    await expect(now).rejects.toMatchObject({ kind: 'forbidden' });
    await eventually(() =>
      expect(desk.billing.acts(tenantId)).toEqual([
        'subscription.cancelled',
        'subscription.resumed',
        'subscription.cancelled',
      ]),
    );
    await desk.expectAgreement(tenantId);
  });

  it('tries a refused card once more at once, then asks a person', async () => {
    await subscribe();
    await card('declines');
    await pass(31);
    expect(await held()).toMatchObject({ status: 'past_due' });
    const { data } = await desk.billing.askAsPlatform(listAllPayments, { status: 'manual_review' });
    const waiting = data.find((payment) => payment.tenantId === tenantId);
    expect(waiting).toMatchObject({ attempts: 2, review: 'generic_decline', amountCents: 14_900 });
    expect(desk.billing.told(tenantId, paymentFailedV1).at(-1)).toMatchObject({ attempts: 2 });
    expect(desk.billing.told(tenantId, paymentNeedsReviewV1)).toHaveLength(1);
    // Nothing is included in a period that is not paid for.
    expect((await included())[0]).toBe(0);

    const id = waiting?.id ?? '';
    const retry = () => desk.billing.askAsPlatform(resolvePayment, { id, action: 'retry' });
    await expect(retry()).rejects.toMatchObject({ code: 'PAYMENT_FAILED' });
    await card('succeeds');
    expect(await retry()).toMatchObject({ status: 'succeeded', resolution: 'retry' });
    await desk.settled();
    expect(await held()).toMatchObject({ status: 'active' });
    expect(await included()).toEqual([150, 165]);
    await desk.expectAgreement(tenantId);
  });

  const inReview = async () => {
    const { data } = await desk.billing.askAsPlatform(listAllPayments, { status: 'manual_review' });
    return data.find((payment) => payment.tenantId === tenantId);
  };

  it('asks a person when the retry is refused for another reason than the card', async () => {
    await subscribe();
    await card('declines');
    const collector = desk.billing.get<Collector>(Collector);
    const refused = jest.spyOn(collector, 'charge').mockRejectedValue(new ProviderFailed('must be there'));
    await pass(31);
    await eventually(async () => expect(await inReview()).toMatchObject({ attempts: 1, review: 'refused' }));
    expect(refused).toHaveBeenCalledTimes(1);
    refused.mockRestore();
    const alerts = desk.billing.told(tenantId, opsAlertRaisedV1);
    expect(alerts).toMatchObject([{ kind: 'payment_needs_review', severity: 'warning' }]);
  });

  it('does not try a third time when the second was refused before a process died', async () => {
    await subscribe();
    await card('declines');
    await pass(31);
    const waiting = await inReview();
    const tries = async () =>
      (await desk.stripe.charges.list({ customer: await desk.customerOf(tenantId) })).data.length;
    expect(await tries()).toBe(3);
    const again = { paymentId: waiting?.id ?? '' };
    await desk.billing.within(tenantId, () => desk.billing.get<Jobs>(Jobs).enqueue(retryPayment, again));
    await desk.settled();
    expect(await tries()).toBe(3);
  });

  it('forgives what a person waives', async () => {
    await subscribe();
    await card('declines');
    await pass(31);
    const { data } = await desk.billing.askAsPlatform(listAllPayments, { status: 'manual_review' });
    const id = data.find((payment) => payment.tenantId === tenantId)?.id ?? '';
    expect(await desk.billing.askAsPlatform(resolvePayment, { id, action: 'waive' })).toMatchObject({
      review: null,
      resolution: 'waive',
    });
    await desk.settled();
    expect(await held()).toMatchObject({ status: 'active' });
    await desk.expectAgreement(tenantId);
  });

  it('ends a subscription whose card stays bad', async () => {
    await subscribe();
    await card('declines');
    for (const days of [31, 8, 8, 8]) await pass(days);
    expect(await held()).toBeUndefined();
    await desk.expectAgreement(tenantId);
  });

  it('gives a trial once, and tells when it is about to end', async () => {
    const { sessionId } = await desk.billing.askAsPlatform(makeCheckoutLink, {
      tenantId,
      priceCode: 'voice.pro',
      trialDays: 14,
    });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
    expect(await held()).toMatchObject({ status: 'trialing' });
    expect(await included()).toEqual([300, 315]);
    await pass(12);
    expect(desk.billing.told(tenantId, trialEndingV1)).toMatchObject([{ plan: 'voice.pro' }]);
    await pass(5);
    expect(await held()).toBeUndefined();
    const again = desk.billing.ask(tenantId, startCheckout, { priceCode: 'voice.pro', trialDays: 14 });
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
    await desk.expectAgreement(tenantId);
  });

  it('lets people try by themselves with a card, and not the largest plans', async () => {
    const largest = subscribe('voice.scale', { trialDays: 14 });
    await expect(largest).rejects.toMatchObject({ kind: 'invalid' });
    await subscribe('voice.pro', { trialDays: 14 });
    expect(await held()).toMatchObject({ status: 'trialing' });
    await pass(15);
    expect(await held()).toMatchObject({ status: 'active' });
    const { data } = await desk.billing.ask(tenantId, listPayments, {});
    expect(data).toMatchObject([{ amountCents: 24_900, status: 'succeeded' }]);
    await desk.expectAgreement(tenantId);
  });

  it('subscribes with a card alone, and refuses without one', async () => {
    await expect(put('voice.core')).rejects.toMatchObject({ code: 'PAYMENT_FAILED' });
    expect(await held()).toBeUndefined();
    const subscribed = await desk.billing.ask(tenantId, putSubscription, {
      planCode: 'sales.growth',
      interval: 'year',
      paymentMethodId: 'pm_card_visa',
    });
    expect(subscribed).toMatchObject({ plan: 'sales.growth', interval: 'year', status: 'active' });
    await desk.settled();
    await desk.expectAgreement(tenantId);
  });

  it('gives a plan without Stripe', async () => {
    const comped = await desk.billing.askAsPlatform(compPlan, {
      id: tenantId,
      planCode: 'voice.scale',
      reason: 'quick onboarding',
    });
    expect(comped).toMatchObject({ plan: 'voice.scale', source: 'comped' });
    expect(await included()).toEqual([3_000, 3_015]);
    const ended = await desk.billing.ask(tenantId, cancelSubscription, {});
    expect(ended).toMatchObject({ cancelAtPeriodEnd: true });
    const nobody = desk.billing.askAsPlatform(compPlan, {
      id: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c9999',
      planCode: 'voice.core',
      reason: 'x',
    });
    await expect(nobody).rejects.toMatchObject({ kind: 'notFound' });
  });
});
