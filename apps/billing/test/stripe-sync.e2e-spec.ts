import {
  buyCredits,
  cancelSubscription,
  getCredits,
  getSubscriptions,
  opsAlertRaisedV1,
  putSubscription,
  runAs,
  syncBilling,
  systemCaller,
} from '@parley/contracts';
import { eventually } from '@parley/testing';
import { OpenStripeNews } from '../src/stripe/open-stripe-news';
import { StripeBusy } from '../src/stripe/stripe.errors';
import { StripeObjects } from '../src/stripe/stripe-objects.service';
import { StripeReader } from '../src/stripe/stripe.reader';
import { StripeSync } from '../src/stripe/stripe-sync.service';
import { StripeDesk } from './stripe-desk';

describe('the nightly sync with Stripe', () => {
  let desk: StripeDesk;
  let tenantId: string;

  beforeAll(async () => {
    desk = await StripeDesk.start();
  });
  afterAll(() => desk?.close());
  beforeEach(async () => {
    tenantId = await desk.aTenant();
    await desk.hold();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await desk.release();
  });

  const credits = async () => (await desk.billing.ask(tenantId, getCredits, {})).balance;
  const buy = async (): Promise<string> => {
    const { sessionId } = await desk.billing.ask(tenantId, buyCredits, { packCode: 'credits_100' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    const [payment] = (await desk.stripe.paymentIntents.list({ customer: await desk.customerOf(tenantId) }))
      .data;
    return payment?.id ?? '';
  };
  const night = () =>
    runAs(systemCaller('night'), () => desk.billing.get<StripeSync>(StripeSync).enqueueAll());
  const reader = () => desk.billing.get<StripeReader>(StripeReader);

  it('makes good what was missed, one customer after another, beside what Stripe tells', async () => {
    await buy();
    const seen: string[] = [];
    const objects = desk.billing.get<StripeObjects>(StripeObjects);
    const apply = objects.apply.bind(objects);
    jest.spyOn(objects, 'apply').mockImplementation(async (kind, id) => {
      const rows = await desk.database.query<{ queue: string }>(
        `SELECT DISTINCT q.queue_name AS queue FROM billing_jobs._private_job_queues q WHERE q.locked_at IS NOT NULL`,
      );
      seen.push(...rows.map(({ queue }) => queue));
      return apply(kind, id);
    });
    await desk.aTenant();
    await night();
    await eventually(async () => expect(await credits()).toBe(115));
    expect(new Set(seen)).toEqual(new Set(['stripe-sync']));
  });

  it('asks for what is young, and for subscriptions that go on', async () => {
    await desk.billing.ask(tenantId, putSubscription, {
      planCode: 'voice.core',
      paymentMethodId: 'pm_card_visa',
    });
    const invoices = jest.spyOn(reader(), 'invoicesOf');
    const [subscription] = (
      await desk.stripe.subscriptions.list({ customer: await desk.customerOf(tenantId) })
    ).data;
    await desk.stripe.subscriptions.cancel(subscription?.id ?? '');
    await night();
    const held = async () => (await desk.billing.ask(tenantId, getSubscriptions, {})).subscriptions;
    await eventually(async () => expect(await held()).toEqual([]));
    await eventually(() => expect(invoices).toHaveBeenCalled());
    const [, since] = invoices.mock.calls[0] ?? [];
    expect(Math.round((Date.now() - Number(since)) / 86_400_000)).toBe(40);
    const none = desk.billing.ask(tenantId, cancelSubscription, {});
    await expect(none).rejects.toMatchObject({ kind: 'notFound' });
  });

  it('applies the rest when one object cannot be applied, and tells a person', async () => {
    const bad = await buy();
    await buy();
    const read = reader().payment.bind(reader());
    jest.spyOn(reader(), 'payment').mockImplementation(async (id) => {
      if (id === bad) throw new TypeError('a field that we do not know');
      return read(id);
    });
    await expect(desk.billing.askAsPlatform(syncBilling, { id: tenantId })).rejects.toThrow();
    expect(await credits()).toBe(115);
    await eventually(() =>
      expect(desk.billing.told(tenantId, opsAlertRaisedV1)).toMatchObject([
        { kind: 'stripe_object_not_applied', details: { objects: [bad] } },
      ]),
    );
  });

  it('waits when Stripe has no room', async () => {
    await buy();
    jest.spyOn(reader(), 'payment').mockRejectedValueOnce(new StripeBusy('busy'));
    await desk.billing.askAsPlatform(syncBilling, { id: tenantId });
    expect(await credits()).toBe(115);
  });

  it('looks again at what Stripe told when its job rests', async () => {
    await buy();
    const sick = jest.spyOn(reader(), 'payment').mockRejectedValue(new TypeError('a fault of ours'));
    await desk.control('POST', '/webhook/flush');
    const open = () => desk.database.query(`SELECT FROM billing.stripe_events WHERE processed_at IS NULL`);
    await eventually(async () => expect((await open()).length).toBeGreaterThan(0));
    await desk.database.query(
      `UPDATE billing.stripe_events SET received_at = now() - interval '16 minutes' WHERE processed_at IS NULL`,
    );
    // Tried as often as they ever will be.
    await eventually(async () => {
      await desk.database.query(`UPDATE billing_jobs._private_jobs SET attempts = max_attempts
        WHERE last_error IS NOT NULL AND locked_at IS NULL`);
      const waiting = await desk.database.query(
        `SELECT FROM billing_jobs._private_jobs WHERE attempts < max_attempts AND key LIKE 'stripe:payment%'`,
      );
      expect(waiting).toEqual([]);
    });
    sick.mockRestore();
    const news = desk.billing.get<OpenStripeNews>(OpenStripeNews);
    await runAs(systemCaller('hour'), () => news.lookAgain());
    await eventually(async () => expect(await open()).toEqual([]));
    expect(await credits()).toBe(115);
    const alerts = desk.billing.published.filter(({ meta }) => meta.type === opsAlertRaisedV1.type);
    expect(alerts.at(-1)?.payload).toMatchObject({ kind: 'stripe_news_open', severity: 'critical' });
    // Overtaken by a second event while they ran, these have no key that a later job could replace.
    await desk.database.query(
      'DELETE FROM billing_jobs._private_jobs WHERE key IS NULL AND attempts = max_attempts',
    );
  });
});
