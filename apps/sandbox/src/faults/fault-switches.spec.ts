import { FaultSwitches } from './fault-switches';

describe('fault switches', () => {
  it('switch off what is not named', () => {
    const faults = new FaultSwitches();
    faults.set({ duplicate: 3, drop: 0.5 });
    expect(faults.set({ delayMs: 10 })).toMatchObject({ duplicate: 0, drop: 0, delayMs: 10 });
    expect(faults.reset()).toMatchObject({ delayMs: 0 });
  });

  it('draw the same faults again from the same seed', () => {
    const faults = new FaultSwitches();
    const draws = (seed: number): boolean[] => {
      faults.set({ seed });
      return Array.from({ length: 50 }, () => faults.random.chance(0.3));
    };
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });
});
