import { CALL_OUTCOMES, callEndedV1, callEnrichedV1 } from '@parley/contracts';
import * as fc from 'fast-check';
import { type Counts, NO_COUNTS, plus } from '../daily/daily-counts';
import { callFactOf, type CallFact, changesOf, countsOf, type DatedFact, isNews } from './call-fact';

const CALL = callEndedV1.sample;

describe('callFactOf', () => {
  it('reads the end of a call as version 0 and bills started minutes', () => {
    expect(callFactOf(CALL)).toMatchObject({ version: 0, durationSeconds: 133, billedMinutes: 3 });
    expect(callFactOf(callEnrichedV1.sample).version).toBe(7);
  });

  it.each([
    ['inbound', 'no_answer', null, true],
    ['inbound', 'busy', null, true],
    ['inbound', 'cancelled', null, true],
    ['inbound', 'completed', null, false],
    ['inbound', 'failed', null, false],
    ['outbound', 'no_answer', null, false],
    ['inbound', 'completed', 'missed', true],
    ['inbound', 'no_answer', 'voicemail', false],
  ] as const)('%s, %s, outcome %s: missed is %s', (direction, status, outcome, missed) => {
    expect(callFactOf({ ...CALL, direction, status, outcome }).missed).toBe(missed);
  });
});

describe('countsOf', () => {
  it('counts one call', () => {
    expect(countsOf(callFactOf(CALL))).toEqual({
      ...NO_COUNTS,
      calls: 1,
      inbound: 1,
      ai_handled: 1,
      booked: 1,
      seconds: 133,
      billed_minutes: 3,
      provider_cost_cents: 21,
    });
  });
});

const facts = fc
  .record({
    version: fc.nat(6),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    status: fc.constantFrom('completed' as const, 'no_answer' as const, 'failed' as const),
    outcome: fc.option(fc.constantFrom(...CALL_OUTCOMES)),
    aiHandled: fc.boolean(),
    durationSeconds: fc.nat(4_000),
    providerCostCents: fc.option(fc.nat(500)),
  })
  .map(({ version, ...fields }): CallFact => callFactOf({ ...callEnrichedV1.sample, ...fields, version }));
const dated = fc.record({ date: fc.constantFrom('2026-11-19', '2026-11-20'), fact: facts });

describe('changesOf', () => {
  it('adds up to the figures of the best-informed fact alone, in any order', () => {
    fc.assert(
      fc.property(fc.array(dated, { minLength: 1, maxLength: 12 }), (deliveries) => {
        let known: DatedFact | undefined;
        const days = new Map<string, Counts>();
        for (const delivery of deliveries) {
          if (!isNews(delivery.fact, known?.fact)) continue;
          for (const { date, counts } of changesOf(known, delivery)) {
            days.set(date, plus(days.get(date) ?? NO_COUNTS, counts));
          }
          known = delivery;
        }
        const highest = Math.max(...deliveries.map(({ fact }) => fact.version));
        expect(known?.fact.version).toBe(highest);
        for (const [date, counts] of days) {
          expect(counts).toEqual(known && date === known.date ? countsOf(known.fact) : NO_COUNTS);
        }
      }),
    );
  });

  it('is nothing when nothing counted has changed', () => {
    const known = { date: '2026-11-20', fact: callFactOf(CALL) };
    expect(changesOf(known, { ...known, fact: { ...known.fact, version: 3 } })).toEqual([]);
  });
});
