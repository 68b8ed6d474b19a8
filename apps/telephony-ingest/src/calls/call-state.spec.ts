import { CALL_OUTCOMES, CALL_STATUSES } from '@parley/contracts';
import * as fc from 'fast-check';
import type { CallObservation } from '../observations';
import {
  billedMinutes,
  type CallState,
  firstState,
  isTerminal,
  looksDifferent,
  mergeObservation,
} from './call-state';

const START = Date.parse('2026-03-03T15:04:08.000Z');

let serial = 0;
function observed(fields: Partial<CallObservation> = {}, second = 0): CallObservation {
  return {
    about: 'call',
    provider: 'vapi',
    providerCallId: 'call-1',
    eventId: `vapi:call-1:${serial++}`,
    eventType: 'test',
    occurredAt: new Date(START + second * 1000),
    ...fields,
  };
}

const stateOf = ([first, ...rest]: CallObservation[]): CallState => {
  if (!first) throw new Error('a call needs an observation');
  return rest.reduce(mergeObservation, firstState(first));
};

describe('call state', () => {
  it('rises from queued to completed', () => {
    const state = stateOf([
      observed({ status: 'queued' }),
      observed({ status: 'ringing' }, 1),
      observed({ status: 'in_progress' }, 2),
      observed({ status: 'completed', final: true, durationSeconds: 133 }, 135),
    ]);
    expect(state).toMatchObject({ status: 'completed', final: true, durationSeconds: 133 });
  });

  it('never leaves a terminal status for a late ringing', () => {
    const ended = stateOf([observed({ status: 'busy', final: true }, 9)]);
    const late = mergeObservation(ended, observed({ status: 'ringing' }, 12));
    expect(late.status).toBe('busy');
    expect(isTerminal(late.status)).toBe(true);
  });

  it('lets the final report refine a provisional end', () => {
    const state = stateOf([
      observed({ status: 'completed', durationSeconds: 21, endedReason: 'hangup' }, 30),
      observed({ status: 'failed', final: true, durationSeconds: 20, endedReason: 'pipeline-error' }, 29),
    ]);
    expect(state).toMatchObject({ status: 'failed', durationSeconds: 20, endedReason: 'pipeline-error' });
  });

  it('does not shorten a call once its duration is final', () => {
    const final = stateOf([observed({ status: 'completed', final: true, durationSeconds: 60 }, 60)]);
    const shorter = mergeObservation(
      final,
      observed({ status: 'completed', final: true, durationSeconds: 30 }, 90),
    );
    const provisional = mergeObservation(shorter, observed({ status: 'completed', durationSeconds: 99 }, 99));
    expect(provisional.durationSeconds).toBe(60);
  });

  it('fills what is empty from a late lesser event, and overwrites nothing', () => {
    const state = stateOf([
      observed({ status: 'completed', final: true, from: '+15555550123' }, 60),
      observed({ status: 'ringing', from: 'anonymous', to: '+15555550100', direction: 'inbound' }, 70),
    ]);
    expect(state).toMatchObject({ from: '+15555550123', to: '+15555550100', direction: 'inbound' });
  });

  it('keeps a telling outcome against a general one of a better source', () => {
    const state = stateOf([
      observed({ outcome: 'voicemail' }, 5),
      observed({ status: 'completed', final: true, outcome: 'other' }, 60),
    ]);
    expect(state.outcome).toBe('voicemail');
  });

  it('measures an answered call itself while nobody told its duration', () => {
    const state = stateOf([
      observed({ status: 'completed' }, 20),
      observed({ status: 'in_progress', startedAt: new Date(START) }),
    ]);
    expect(state.durationSeconds).toBe(20);
  });

  it('takes a better reading of the same event, and no worse order from it', () => {
    const report = observed({ status: 'failed', final: true, durationSeconds: 600, summary: 'old' }, 60);
    const reread = { ...report, status: 'busy' as const, durationSeconds: 60, summary: 'new' };
    const state = stateOf([report, observed({ status: 'ringing' }), reread]);
    expect(state).toMatchObject({ status: 'busy', durationSeconds: 60, summary: 'new' });
    expect(mergeObservation(state, { ...reread, status: 'ringing', final: false }).status).toBe('busy');
  });

  it('looks no different after an event that says nothing new', () => {
    const state = stateOf([observed({ status: 'in_progress' })]);
    expect(looksDifferent(state, mergeObservation(state, observed({ status: 'ringing' }, 1)))).toBe(false);
  });

  it.each([
    [0, 0],
    [1, 1],
    [60, 1],
    [61, 2],
    [133, 3],
  ])('bills %i s as %i minutes', (seconds, minutes) => {
    expect(billedMinutes(seconds)).toBe(minutes);
  });

  describe('whatever the order and however often', () => {
    const times = fc.integer({ min: 0, max: 200 }).map((second) => new Date(START + second * 1000));
    const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 });
    const fields = fc.record({
      status: maybe(fc.constantFrom(...CALL_STATUSES)),
      final: fc.boolean(),
      occurredAt: times,
      startedAt: maybe(times),
      endedAt: maybe(times),
      direction: maybe(fc.constantFrom('inbound' as const, 'outbound' as const)),
      from: maybe(fc.constantFrom('+15555550123', 'anonymous')),
      to: maybe(fc.constantFrom('+15555550100', 'sip:desk@example.test')),
      aiHandled: maybe(fc.boolean()),
      durationSeconds: maybe(fc.integer({ min: 0, max: 300 })),
      outcome: maybe(fc.constantFrom(...CALL_OUTCOMES)),
      outcomeText: maybe(fc.constantFrom('à rappeler', 'vente')),
      providerCostCents: maybe(fc.integer({ min: 0, max: 99 })),
      summary: maybe(fc.string()),
      structuredData: maybe(fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 })),
      language: maybe(fc.constantFrom('fr-CA', 'en-US')),
      recording: maybe(
        fc.constantFrom('a', 'b').map((id) => ({ providerRecordingId: id, url: `https://r/${id}` })),
      ),
    });
    const story = fc
      .array(fields, { minLength: 1, maxLength: 8 })
      .map((all) => all.map((some, n) => ({ ...withoutUndefined(some), eventId: `e${n}` })))
      .map((all) => all.map((some) => observed(some)));
    const retold = story.chain((told) =>
      fc
        .array(fc.nat({ max: told.length - 1 }), { maxLength: 8 })
        .map((again) => [...told, ...again.map((n) => told[n] as CallObservation)])
        .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
        .map((shuffled) => ({ told, shuffled })),
    );

    it('ends in the same state', () => {
      fc.assert(
        fc.property(retold, ({ told, shuffled }) => {
          expect(stateOf(shuffled)).toEqual(stateOf(told));
        }),
        { numRuns: 1000 },
      );
    });

    it('never lowers its status, nor its duration once final', () => {
      fc.assert(
        fc.property(retold, ({ shuffled: [first, ...rest] }) => {
          let state = firstState(first as CallObservation);
          for (const observation of rest) {
            const next = mergeObservation(state, observation);
            if (isTerminal(state.status)) expect(isTerminal(next.status)).toBe(true);
            if (state.final) expect(next.final).toBe(true);
            if (state.knownBy.durationSeconds?.startsWith('3')) {
              expect(next.durationSeconds).toBeGreaterThanOrEqual(state.durationSeconds);
            }
            state = next;
          }
        }),
      );
    });
  });
});

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as never;
}
