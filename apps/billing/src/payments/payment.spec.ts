import fc from 'fast-check';
import { isRetriable, oddity, purposeOf, unitsLost } from './payment';

describe('unitsLost', () => {
  it('takes parts that make the whole, and never more', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 });
    const parts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 10 });
    fc.assert(
      fc.property(cents, fc.integer({ min: 1, max: 1_000_000 }), parts, (paid, quantity, refunds) => {
        let refunded = 0;
        let taken = 0;
        for (const part of refunds) {
          refunded = Math.min(paid, refunded + part);
          const now = unitsLost(quantity, refunded, paid);
          expect(now).toBeGreaterThanOrEqual(taken);
          taken = now;
        }
        expect(taken).toBeLessThanOrEqual(quantity);
        expect(unitsLost(quantity, paid, paid)).toBe(quantity);
      }),
    );
  });

  it('takes nothing of what cost nothing, and no more than all', () => {
    expect(unitsLost(100, 50, 0)).toBe(0);
    expect(unitsLost(100, 5_000, 1_500)).toBe(100);
    expect(unitsLost(100, 1_301, 6_500)).toBe(20);
  });
});

const invoice = { subscriptionId: 'sub_1', status: 'open', reason: 'subscription_cycle' } as never;
const pack = { currency: 'USD', amountCents: 1_500 } as never;
const credits = { kind: 'credits', offer: 'credits_100@1', pack, count: 2 } as const;

describe('a payment', () => {
  it('is for what its invoice or its metadata say', () => {
    expect(purposeOf({ invoice, metadata: { kind: 'credits' } })?.kind).toBe('subscription');
    expect(purposeOf({ invoice: null, metadata: { kind: 'topup', pack: 'minutes_300@1' } })).toEqual({
      kind: 'topup',
      offer: 'minutes_300@1',
    });
    expect(purposeOf({ invoice: null, metadata: {} })).toBeUndefined();
  });

  it('is odd when it is not what was asked for', () => {
    const facts = (fields: object) => ({ currency: 'USD', amountCents: 3_000, ...fields }) as never;
    expect(oddity(facts({}), credits)).toBeUndefined();
    expect(oddity(facts({ currency: 'EUR' }), credits)).toBe('wrong_currency');
    expect(oddity(facts({ amountCents: 1_500 }), credits)).toBe('wrong_amount');
    expect(oddity(facts({}), { ...credits, pack: null })).toBe('unknown_price');
  });

  it('is tried again at once only where nobody stands at a page', () => {
    const subscription = { kind: 'subscription', offer: null, pack: null, count: 1 } as const;
    const facts = (fields: object) => ({ invoice: { ...(invoice as object), ...fields } }) as never;
    expect(isRetriable(facts({}), subscription, false)).toBe(true);
    expect(isRetriable(facts({ reason: 'subscription_create' }), subscription, false)).toBe(false);
    expect(isRetriable(facts({ status: 'void' }), subscription, false)).toBe(false);
    expect([false, true].map((decided) => isRetriable(facts({}), credits, decided))).toEqual([false, true]);
  });
});
