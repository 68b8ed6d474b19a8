import { FUNDING, newId, type UsageMeter } from '@parley/contracts';
import * as fc from 'fast-check';
import { Books } from './books';
import type { GrantKind, Period } from './books.state';
import { burnOrder } from './funding';

const NOW = new Date('2026-11-20T14:00:00Z');
const METERS = ['voice_minutes', 'practice_minutes', 'sms', 'credits'] as const;
const USED = ['voice_minutes', 'practice_minutes', 'sms'] as const;

const aBook = (): Books =>
  new Books(
    {
      tenant: {
        tenantId: newId(),
        postings: 0,
        openedAt: NOW,
        firstUsedAt: null,
        lowNotifiedAt: null,
        pausedAt: null,
        graceUntil: null,
        entitlementsVersion: 0,
        standingVersion: 0,
        standing: {},
      },
      wallets: [],
      grants: [],
      burns: [],
      periods: [],
      holds: [],
      usage: [],
      accounts: new Map(),
      posted: new Set(),
    },
    NOW,
  );

const facts = (naturalKey: string) =>
  ({ kind: 'usage', naturalKey, description: 'x', occurredAt: NOW }) as const;

const aPeriod = (meter: UsageMeter, fields: Partial<Period> = {}): Period => ({
  id: newId(),
  meter,
  periodStart: NOW,
  periodEnd: new Date('2026-12-20T14:00:00Z'),
  subscriptionId: null,
  included: 0,
  topup: 0,
  used: 0,
  noticePct: 80,
  softPct: 100,
  hardPct: 110,
  overage: false,
  overageBilled: false,
  told: 'under_limit',
  closedAt: null,
  billed: 0,
  ...fields,
});

const grant = (
  books: Books,
  meter: UsageMeter,
  grantKind: GrantKind,
  quantity: number,
  days?: number,
): void =>
  books.grant({
    ...facts(newId()),
    meter,
    grantKind,
    quantity,
    expiresAt: days === undefined ? null : new Date(NOW.getTime() + days * 86_400_000),
  });

const balance = (books: Books, meter: UsageMeter): number => books.wallet(meter).balance;

describe('books', () => {
  it('burn by priority, then expiry, then age', () => {
    const books = aBook();
    grant(books, 'credits', 'credits', 5);
    grant(books, 'credits', 'bonus', 5);
    grant(books, 'voice_minutes', 'topup', 5, 9);
    grant(books, 'voice_minutes', 'topup', 6, 3);
    grant(books, 'voice_minutes', 'topup', 7);
    grant(books, 'voice_minutes', 'allowance', 5, 20);
    const order = burnOrder(books.state.grants, 'voice_minutes', NOW).map(({ kind, quantity }) => [
      kind,
      quantity,
    ]);
    expect(order).toEqual([
      ['allowance', 5],
      ['topup', 6],
      ['topup', 5],
      ['topup', 7],
      ['bonus', 5],
      ['credits', 5],
    ]);
  });

  it('count on the meter itself what a plan lets go beyond its allowance', () => {
    const books = aBook();
    const period = books.openPeriod(aPeriod('sms', { included: 100, overage: true }));
    books.allow(period, 'allowance');
    expect(books.available('sms')).toBe(110);
    books.use({ ...facts('a'), sourceKey: 'sms:a', meter: 'sms', units: 105 });
    expect([balance(books, 'sms'), books.available('sms')]).toEqual([-5, 5]);
    books.closePeriod(period);
    expect(balance(books, 'sms')).toBe(0);
  });

  it('owe by credits what goes beyond where overage has no price, as far as the plan has room', () => {
    const books = aBook();
    const period = books.openPeriod(aPeriod('voice_minutes', { included: 100, overage: true }));
    books.allow(period, 'allowance');
    grant(books, 'credits', 'bonus', 5);
    expect(books.available('voice_minutes')).toBe(115);
    books.use({ ...facts('a'), sourceKey: 'call:a', meter: 'voice_minutes', units: 109 });
    expect([balance(books, 'voice_minutes'), balance(books, 'credits')]).toEqual([0, -4]);
    expect([books.available('voice_minutes'), books.left('voice_minutes')]).toEqual([6, -4]);
    books.use({ ...facts('b'), sourceKey: 'call:b', meter: 'voice_minutes', units: 30 });
    expect(books.available('voice_minutes')).toBe(-24);
    books.closePeriod(period);
    expect([balance(books, 'credits'), books.available('voice_minutes')]).toEqual([-34, -34]);
    grant(books, 'credits', 'credits', 40);
    expect(balance(books, 'credits')).toBe(6);
  });

  it('bill by the meter what has a price, as far as the plan has room, and owe the rest', () => {
    const books = aBook();
    const terms = { included: 100, overage: true, overageBilled: true };
    const period = books.openPeriod(aPeriod('voice_minutes', terms));
    books.allow(period, 'allowance');
    books.use({ ...facts('a'), sourceKey: 'call:a', meter: 'voice_minutes', units: 106 });
    expect([balance(books, 'voice_minutes'), books.available('voice_minutes')]).toEqual([-6, 4]);
    books.bill(period);
    expect([balance(books, 'voice_minutes'), books.available('voice_minutes')]).toEqual([0, 4]);
    books.use({ ...facts('b'), sourceKey: 'call:b', meter: 'voice_minutes', units: 10 });
    expect([balance(books, 'voice_minutes'), balance(books, 'credits')]).toEqual([-4, -6]);
    expect(books.available('voice_minutes')).toBe(-6);
  });

  it('have room over top-ups as over the allowance', () => {
    const books = aBook();
    const period = books.openPeriod(aPeriod('voice_minutes', { included: 100, overage: true }));
    books.allow(period, 'allowance');
    grant(books, 'voice_minutes', 'topup', 50);
    expect(books.available('voice_minutes')).toBe(165);
  });

  it.each([
    ['voice_minutes', { overage: true }, 'credits'],
    ['voice_minutes', { included: null }, 'credits'],
    ['sms', { overage: true }, 'sms'],
  ] as const)('leave owed what was used and taken back: %s %o', (meter, plan, owing) => {
    const books = aBook();
    const period = books.openPeriod(aPeriod(meter, { included: 0, overage: true }));
    grant(books, meter, 'topup', 30);
    books.use({ ...facts('a'), sourceKey: 'a', meter, units: 30 });
    const [topup] = books.state.grants;
    Object.assign(period, plan);
    if (topup) books.revoke(topup, 30, facts('taken back'));
    books.bill(period);
    books.closePeriod(period);
    expect(balance(books, owing)).toBe(-30);
    grant(books, meter, 'topup', 40);
    expect([balance(books, owing), balance(books, meter)]).toEqual(owing === meter ? [10, 10] : [0, 10]);
  });

  it('let what is not limited cost nothing, and be given back', () => {
    const books = aBook();
    books.openPeriod(aPeriod('sms', { included: null }));
    grant(books, 'sms', 'topup', 10);
    books.use({ ...facts('a'), sourceKey: 'sms:a', meter: 'sms', units: 500 });
    books.use({ ...facts('b'), sourceKey: 'sms:a', meter: 'sms', units: -200 });
    expect([balance(books, 'sms'), books.available('sms')]).toEqual([10, Infinity]);
  });

  it('count credits promised to one kind of minutes against the other', () => {
    const books = aBook();
    grant(books, 'credits', 'bonus', 10);
    grant(books, 'voice_minutes', 'topup', 5);
    books.take('call:1', 'voice_minutes', 9, NOW);
    expect([books.available('voice_minutes'), books.available('practice_minutes')]).toEqual([6, 6]);
    books.take('practice:1', 'practice_minutes', 6, NOW);
    expect([books.available('voice_minutes'), books.available('practice_minutes')]).toEqual([0, 0]);
  });

  it('post nothing twice under one key', () => {
    const books = aBook();
    for (let time = 0; time < 2; time++)
      books.use({ ...facts('a'), sourceKey: 'call:a', meter: 'voice_minutes', units: 3 });
    expect(books.transactions).toHaveLength(1);
    expect(balance(books, 'credits')).toBe(-3);
  });

  it('hold what they promise whatever happens to them', () => {
    const meter = fc.constantFrom(...METERS);
    const used = fc.constantFrom(...USED);
    const units = fc.integer({ min: 1, max: 40 });
    const command = fc.oneof(
      fc.record({
        do: fc.constant('grant' as const),
        meter,
        kind: fc.constantFrom<GrantKind>('topup', 'bonus', 'credits', 'adjustment'),
        units,
        days: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      }),
      fc.record({ do: fc.constant('use' as const), meter: used, source: fc.nat(5), units }),
      fc.record({ do: fc.constant('return' as const), meter: used, source: fc.nat(5), units }),
      fc.record({ do: fc.constant('revoke' as const), at: fc.nat(20), units }),
      fc.record({ do: fc.constant('expire' as const), at: fc.nat(20) }),
      fc.record({ do: fc.constant('late' as const), at: fc.nat(5), units }),
      fc.record({
        do: fc.constant('plan' as const),
        meter: used,
        included: fc.option(fc.integer({ min: 0, max: 60 })),
        overage: fc.boolean(),
        overageBilled: fc.boolean(),
      }),
    );
    const story = fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const books = aBook();
      const taken = new Map<string, number>();
      for (const [step, what] of commands.entries()) {
        switch (what.do) {
          case 'grant':
            grant(books, what.meter, what.kind, what.units, what.days);
            break;
          case 'use':
          case 'return': {
            const sourceKey = `call:${what.source}`;
            const key = `${sourceKey} ${what.meter}`;
            const before = taken.get(key) ?? 0;
            const change = what.do === 'use' ? what.units : -Math.min(what.units, before);
            if (change === 0) break;
            books.use({ ...facts(`step:${step}`), sourceKey, meter: what.meter, units: change });
            taken.set(key, before + change);
            break;
          }
          case 'revoke': {
            const target = books.state.grants[what.at];
            if (target) books.revoke(target, what.units, facts(`step:${step}`));
            break;
          }
          case 'expire': {
            const target = books.state.grants[what.at];
            if (target) books.expire(target);
            break;
          }
          case 'late': {
            const period = books.ended[what.at];
            if (!period) break;
            const sourceKey = `late:${step}`;
            books.past.place(sourceKey, period);
            books.use({ ...facts(`step:${step}`), sourceKey, meter: period.meter, units: what.units });
            taken.set(`${sourceKey} ${period.meter}`, what.units);
            break;
          }
          case 'plan': {
            const open = books.period(what.meter);
            if (open) books.closePeriod(open);
            const { included, overage, overageBilled } = what;
            const period = books.openPeriod(aPeriod(what.meter, { included, overage, overageBilled }));
            books.allow(period, `allowance:${step}`);
          }
        }
        expectSound(books);
      }
      for (const [key, total] of taken) {
        const [sourceKey, usageMeter] = key.split(' ');
        const burnt = books.state.burns
          .filter((burn) => burn.sourceKey === sourceKey && burn.usageMeter === usageMeter)
          .reduce((sum, { amount, returned }) => sum + amount - returned, 0);
        expect(burnt).toBe(total);
      }
    });
    fc.assert(story, { numRuns: 400 });
  });

  function expectSound(books: Books): void {
    const { grants, burns } = books.state;
    for (const { quantity, remaining, revoked } of grants) {
      expect(remaining >= 0 && remaining <= quantity && revoked <= quantity).toBe(true);
    }
    const unpaid = burns.filter(({ cover, amount, returned }) => cover === 'overdraft' && amount > returned);
    for (const meter of METERS) {
      const left = grants
        .filter((each) => each.meter === meter)
        .reduce((sum, each) => sum + each.remaining, 0);
      const owed = unpaid
        .filter((each) => each.meter === meter)
        .reduce((sum, { amount, returned }) => sum + amount - returned, 0);
      expect(balance(books, meter)).toBe(left - owed);
    }
    for (const { usageMeter } of unpaid) {
      const payers = burnOrder(grants, usageMeter, NOW).filter(({ meter }) =>
        FUNDING[usageMeter].includes(meter),
      );
      expect(payers).toEqual([]);
    }
    for (const { entries } of books.transactions) {
      const sums = new Map<string, number>();
      for (const { meter, amount } of entries) sums.set(meter, (sums.get(meter) ?? 0) + amount);
      expect([...sums.values()].every((sum) => sum === 0)).toBe(true);
    }
  }
});
