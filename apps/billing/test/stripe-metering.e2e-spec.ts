import {
  cancelSubscription,
  editPlan,
  getUsage,
  listInvoices,
  newId,
  startCheckout,
} from '@parley/contracts';
import { aCaller } from '@parley/testing';
import { MeterReports } from '../src/metering/meter-reports.service';
import { StripeCatalogue } from '../src/stripe/stripe-catalogue.service';
import { callEnded } from './running-billing';
import { StripeDesk } from './stripe-desk';

const DAY_SECONDS = 86_400;

describe('use beyond what is included', () => {
  let desk: StripeDesk;
  let tenantId: string;

  beforeAll(async () => {
    desk = await StripeDesk.start();
    const voice = { meter: 'voice_minutes', included: 150, overage: true, overageCents: 50 } as const;
    await desk.billing.askAsPlatform(editPlan, { code: 'voice.core', entitlements: [voice] });
    tenantId = await subscribed();
  });
  afterAll(() => desk?.close());

  const subscribed = async (): Promise<string> => {
    const whose = await desk.aTenant();
    const { sessionId } = await desk.billing.ask(whose, startCheckout, { priceCode: 'voice.core' });
    await desk.control('POST', `/checkout/${sessionId}/pay`);
    await desk.settled();
    return whose;
  };

  const talk = (minutes: number, whose = tenantId) =>
    desk.billing.deliver(
      callEnded(whose, {
        callId: newId(),
        durationSeconds: minutes * 60,
        endedAt: new Date(Date.now() + 1_000).toISOString(),
      }),
    );
  const report = () => desk.billing.get<MeterReports>(MeterReports).run();
  const atStripe = async (whose = tenantId): Promise<number> => {
    const { data: meters } = await desk.stripe.billing.meters.list();
    const meter = meters.find(({ event_name: name }) => name === 'parley_voice_minutes_overage');
    const { data } = await desk.stripe.billing.meters.listEventSummaries(meter?.id ?? '', {
      customer: await desk.customerOf(whose),
      start_time: 0,
      end_time: 4_000_000_000,
    });
    return data[0]?.aggregated_value ?? 0;
  };
  const remaining = async () => {
    const { meters } = await desk.billing.ask(tenantId, getUsage, {});
    return meters.find(({ meter }) => meter === 'voice_minutes')?.remaining;
  };

  it('keeps one price and one meter at Stripe, however often the catalogue is brought there', async () => {
    const catalogue = desk.billing.get<StripeCatalogue>(StripeCatalogue);
    await catalogue.sync();
    const before = (await desk.stripe.prices.list({ limit: 100 })).data.map(({ id }) => id);
    await Promise.all([catalogue.sync(), catalogue.sync()]);
    const after = (await desk.stripe.prices.list({ limit: 100 })).data.map(({ id }) => id);
    expect(after).toEqual(before);
    const keys = (await desk.stripe.prices.list({ limit: 100 })).data.map(({ lookup_key: key }) => key);
    expect(keys).toEqual(
      expect.arrayContaining(['voice.pro.month.v1', 'sales.elite.year.v1', 'pack.minutes_300.v1']),
    );
    expect(keys).toContain('voice.core.overage.voice_minutes.month.v2');
  });

  it('is reported once, when nothing else paid for it', async () => {
    await talk(175);
    await report();
    // 150 are included, 15 free credits pay as well.
    expect(await atStripe()).toBe(10);
    await report();
    expect(await atStripe()).toBe(10);
    expect(await remaining()).toBe(0);
  });

  it('waits while Stripe is away', async () => {
    await talk(2);
    await desk.faults({ errorRate5xx: 1 });
    await report();
    await desk.faults({});
    expect(await atStripe()).toBe(10);
    await report();
    expect(await atStripe()).toBe(12);
  });

  it('is reported though the subscription ended meanwhile', async () => {
    const leaver = await subscribed();
    await talk(175, leaver);
    const customer = await desk.customerOf(leaver);
    const [subscription] = (await desk.stripe.subscriptions.list({ customer })).data;
    await desk.stripe.subscriptions.cancel(subscription?.id ?? '');
    await desk.settled();
    await report();
    await report();
    expect(await atStripe(leaver)).toBe(10);
  });

  it('is on the next invoice', async () => {
    await desk.control('POST', '/clock', { advanceSeconds: 32 * DAY_SECONDS });
    await desk.settled();
    const { data } = await desk.billing.ask(tenantId, listInvoices, {});
    expect(data.map(({ paidCents }) => paidCents)).toEqual([14_900 + 12 * 50, 14_900]);
    await desk.expectAgreement(tenantId);
  });

  it('is on a last invoice when it ends at once', async () => {
    await talk(153);
    const admin = aCaller({ tenantId, roles: ['super_admin'] });
    await desk.billing.askAs(admin, cancelSubscription, { now: true });
    await desk.settled();
    const { data } = await desk.billing.ask(tenantId, listInvoices, {});
    expect(data[0]).toMatchObject({ status: 'paid', paidCents: 3 * 50 });
    await desk.expectAgreement(tenantId);
  });
});
