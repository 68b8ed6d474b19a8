import fc from 'fast-check';
import {
  clawbackOf,
  earningsOf,
  type Fact,
  isDisputed,
  type Line,
  returnedCents,
  target,
  type Terms,
} from './commission';
import { normalizeCode, shareUrlOf } from './referral-code';

const terms: Terms = {
  currency: 'USD',
  initialBonusCents: 2_500,
  commissionBps: 1_000,
  recurringMonths: 12,
  holdDays: 30,
};
const at = (day: string): Date => new Date(`${day}T12:00:00.000Z`);
const fact = (fields: Partial<Fact>): Fact => ({
  key: 'payment:p',
  kind: 'payment',
  paymentId: 'p',
  paymentKind: 'subscription',
  amountCents: 10_000,
  currency: 'USD',
  card: null,
  disputeId: null,
  disputeStatus: null,
  occurredAt: at('2026-01-31'),
  ...fields,
});
const refund = (amountCents: number): Fact =>
  fact({ kind: 'refund', amountCents, key: `refund:${amountCents}` });
const dispute = (status: 'opened' | 'won' | 'lost', day = '2026-02-10', amountCents = 10_000): Fact =>
  fact({
    kind: 'dispute',
    disputeId: 'd',
    disputeStatus: status,
    occurredAt: at(day),
    amountCents,
    key: status,
  });

describe('what a payment earns', () => {
  const earned = (fields: Partial<Fact>, isFirst = false): number[] =>
    earningsOf(terms, fact(fields), { subscribedAt: at('2026-01-31'), isFirst }).map(({ cents }) => cents);

  it.each([
    ['the first invoice: bonus and share', {}, true, [2_500, 1_000]],
    ['a share, rounded down', { amountCents: 9_999 }, false, [999]],
    ['nothing of what is too small', { amountCents: 9 }, false, []],
    ['the last of twelve months', { occurredAt: at('2027-01-30') }, false, [1_000]],
    ['nothing after them', { occurredAt: at('2027-01-31') }, false, []],
    ['nothing for packs', { paymentKind: 'topup' }, true, []],
    ['nothing in another currency', { currency: 'CAD' }, true, []],
  ])('is %s', (_case, fields, isFirst, cents) => {
    expect(earned(fields, isFirst)).toEqual(cents);
  });
});

describe('what is taken back', () => {
  it('sums to the whole, never falls while refunds rise, and leaves the share of what was kept', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 6 }),
        (paid, bps, cuts) => {
          const commission = Math.floor((paid * bps) / 10_000);
          const steps = [0, ...cuts.filter((cut) => cut <= paid), paid].sort((a, b) => a - b);
          const back = steps.map((returned) => clawbackOf(commission, paid, returned));
          expect(back[0]).toBe(0);
          expect(back.at(-1)).toBe(commission);
          for (const [step, cents] of back.entries()) {
            expect(cents).toBeGreaterThanOrEqual(back[step - 1] ?? 0);
            expect(commission - cents).toBeLessThanOrEqual((commission * (paid - (steps[step] ?? 0))) / paid);
          }
        },
      ),
    );
  });

  it('counts refunds that stand and disputes that were lost, and no more than was paid', () => {
    expect(returnedCents(10_000, [refund(3_000), refund(-3_000)])).toBe(0);
    expect(returnedCents(10_000, [refund(-3_000)])).toBe(0);
    expect(returnedCents(10_000, [dispute('opened'), refund(1_000)])).toBe(1_000);
    expect(returnedCents(10_000, [dispute('lost'), refund(1_000)])).toBe(10_000);
    expect(returnedCents(10_000, [dispute('lost', '2026-02-10', 400), refund(100)])).toBe(500);
  });

  it('follows the last word on a dispute', () => {
    expect(isDisputed([dispute('opened')])).toBe(true);
    expect(isDisputed([dispute('won', '2026-02-01'), dispute('opened', '2026-02-10')])).toBe(false);
    expect(returnedCents(10_000, [dispute('lost', '2026-02-10'), dispute('won', '2026-02-20')])).toBe(0);
    expect(returnedCents(10_000, [dispute('won', '2026-02-10'), dispute('lost', '2026-02-20')])).toBe(10_000);
  });
});

describe('where a commission stands', () => {
  const line: Line = {
    id: 'l',
    kind: 'recurring',
    paymentId: 'p',
    amountCents: 1_000,
    clawedBackCents: 0,
    place: 'pending',
    voided: false,
    version: 1,
    availableAt: at('2026-03-02'),
  };
  const stands = (facts: Fact[], review: 'none' | 'open' | 'cleared' | 'rejected', day: string) =>
    target(line, { paidCents: 10_000, facts, review, now: at(day) });

  it.each([
    ['pending until its hold ends', [], 'none', '2026-03-01', 'pending', 0],
    ['available then', [], 'cleared', '2026-03-02', 'available', 0],
    ['held while looked at, however late', [], 'open', '2026-06-01', 'held', 0],
    ['held while disputed', [dispute('opened')], 'none', '2026-06-01', 'held', 0],
    [
      'available after a dispute won',
      [dispute('opened'), dispute('won')],
      'none',
      '2026-06-01',
      'available',
      0,
    ],
    ['taken back where it was fraud', [], 'rejected', '2026-02-01', 'pending', 1_000],
    ['taken back in part', [refund(2_501)], 'none', '2026-02-01', 'pending', 251],
  ] as const)('is %s', (_case, facts, review, day, place, clawedBackCents) => {
    expect(stands([...facts], review, day)).toEqual({ place, clawedBackCents });
  });
});

describe('codes', () => {
  it('are read however they are written, and shared by link', () => {
    expect(normalizeCode(' k7qm-2x hd ')).toBe('K7QM2XHD');
    expect(shareUrlOf('https://app.parley.test/fr/', 'K7')).toBe(
      'https://app.parley.test/fr/register?ref=K7',
    );
    expect(shareUrlOf(undefined, 'K7')).toBeNull();
  });
});
