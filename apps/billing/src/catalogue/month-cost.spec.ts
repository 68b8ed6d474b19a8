import { costOf, costUnder, goesBeyond, type MeterMonth, type SubscriberMonth } from './month-cost';
import { entitlementWith } from './plan';

const plan = (included: number | null, overage = true, monthly = 10_000) => ({
  prices: [
    {
      interval: 'month' as const,
      amountCents: monthly,
      currency: 'USD',
      metered: false,
      stripePriceId: null,
    },
    {
      interval: 'year' as const,
      amountCents: monthly * 10,
      currency: 'USD',
      metered: false,
      stripePriceId: null,
    },
  ],
  entitlements: [entitlementWith({ meter: 'voice_minutes', included, overage, overageCents: 50 })],
});
const NOTHING = { used: 0, otherwise: 0 };
const month = (minutes: Partial<MeterMonth>, fields: Partial<SubscriberMonth> = {}): SubscriberMonth => ({
  planId: 'held',
  interval: 'month',
  quantity: 1,
  meters: [{ meter: 'voice_minutes', before: NOTHING, through: NOTHING, unpaid: 0, ...minutes }],
  ...fields,
});

describe('what a month costs', () => {
  it('is the price of all that was subscribed to, a year by twelfths', () => {
    expect(costOf(plan(150), month({}, { quantity: 3 }))).toBe(30_000);
    expect(costOf(plan(150), month({}, { interval: 'year' }))).toBe(8_333);
  });

  it('leaves out what top-ups or credits paid', () => {
    const used = month({ through: { used: 200, otherwise: 40 }, unpaid: 10 });
    expect(costOf(plan(150), used)).toBe(10_000 + 10 * 50);
    expect(costUnder(plan(150), used)).toBe(costOf(plan(150), used));
    expect(costUnder(plan(100), used)).toBe(10_000 + 60 * 50);
  });

  it('counts what was used of the allowance before the month began', () => {
    const used = month({
      before: { used: 100, otherwise: 0 },
      through: { used: 180, otherwise: 0 },
      unpaid: 30,
    });
    expect(costUnder(plan(150), used)).toBe(costOf(plan(150), used));
    expect(costUnder(plan(60), used)).toBe(10_000 + 80 * 50);
  });

  it('bills nothing beyond where the plan does not', () => {
    const used = month({ through: { used: 200, otherwise: 0 }, unpaid: 50 });
    expect(costUnder(plan(100, false), used)).toBe(10_000);
    expect(costUnder(plan(null), used)).toBe(10_000);
    expect([plan(100, false), plan(200), plan(null)].map((each) => goesBeyond(each, used))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
