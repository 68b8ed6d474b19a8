import { billedMinutes, callEndedV1, callEnrichedV1 } from '@parley/contracts';
import * as fc from 'fast-check';
import { chargeFor, isNews, type KnownUsage, usageOfCall, type UsageReport } from './usage';

const CALL = callEndedV1.sample.callId;
const seen = (durationSeconds: number, version = 0): UsageReport => ({
  ...usageOfCall({ ...callEndedV1.sample, durationSeconds }),
  version,
});

describe('billedMinutes', () => {
  it.each([
    [0, 0],
    [1, 1],
    [59, 1],
    [60, 1],
    [61, 2],
    [133, 3],
    [3600, 60],
  ])('%i s cost %i', (seconds, minutes) => expect(billedMinutes(seconds)).toBe(minutes));

  it('never costs less than the time, nor a whole minute more', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seconds) => {
        const over = billedMinutes(seconds) * 60 - seconds;
        expect(over).toBeGreaterThanOrEqual(0);
        expect(over).toBeLessThan(60);
      }),
    );
  });
});

describe('usageOfCall', () => {
  it('gives the end of a call the lowest version', () => {
    expect(usageOfCall(callEndedV1.sample).version).toBe(0);
    expect(usageOfCall(callEnrichedV1.sample).version).toBe(7);
  });
});

describe('chargeFor', () => {
  it('charges the first message under the key of the call', () => {
    expect(chargeFor(seen(133), undefined)).toEqual({ units: 3, naturalKey: `call:${CALL}:usage` });
    expect(chargeFor(seen(133, 7), undefined)).toEqual({ units: 3, naturalKey: `call:${CALL}:usage` });
  });

  it('charges nothing for a call that never connected', () => {
    expect(chargeFor(seen(0), undefined)).toBeUndefined();
  });

  it('posts the difference under the version that knows better', () => {
    expect(chargeFor(seen(200, 4), { version: 0, quantity: 3 })).toEqual({
      units: 1,
      naturalKey: `call:${CALL}:usage:correction:v4`,
    });
    expect(chargeFor(seen(20, 5), { version: 4, quantity: 4 })).toMatchObject({ units: -3 });
  });

  it('posts nothing where the minute stays the same', () => {
    expect(chargeFor(seen(140, 4), { version: 0, quantity: 3 })).toBeUndefined();
  });

  it('lets a message that knows less change nothing', () => {
    expect(chargeFor(seen(600, 0), { version: 4, quantity: 3 })).toBeUndefined();
    expect(chargeFor(seen(600, 4), { version: 4, quantity: 3 })).toBeUndefined();
  });

  it('sums to what the best-informed message says, in any order', () => {
    const versions = fc
      .uniqueArray(fc.nat(50), { minLength: 1, maxLength: 6 })
      .chain((numbers) => fc.tuple(...numbers.map((version) => fc.nat(900).map((s) => seen(s, version)))));
    const deliveries = versions.chain((usages) =>
      fc.tuple(
        fc.constant(usages),
        fc.shuffledSubarray([...usages, ...usages], { minLength: usages.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(deliveries, ([usages, delivered]) => {
        let billed: KnownUsage | undefined;
        let charged = 0;
        const keys: string[] = [];
        for (const usage of delivered) {
          const charge = chargeFor(usage, billed);
          if (charge) keys.push(charge.naturalKey);
          charged += charge?.units ?? 0;
          if (isNews(usage, billed)) billed = { version: usage.version, quantity: usage.quantity };
        }
        const best = usages.reduce((a, b) => (a.version > b.version ? a : b));
        expect(charged).toBe(best.quantity);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
