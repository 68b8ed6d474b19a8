import { SeededRandom } from './seeded-random';

/** What goes wrong on purpose. The first six act on webhooks sent out, the next two on provider APIs served. */
export interface Faults {
  /** Extra copies of every webhook, sent at the same time as the first one. */
  duplicate: number;
  delayMs: number;
  /** Up to this much is added to the delay, drawn per copy. */
  jitterMs: number;
  /** The webhooks of one call are sent in a shuffled order. */
  reorder: boolean;
  /** Share of webhooks that never leave (0 to 1). */
  drop: number;
  /** Share of webhooks beside which a forged one is sent: another call id, a wrong secret (0 to 1). */
  forge: number;
  /** Delay before a provider API answers. */
  slowMs: number;
  /** Share of provider API requests answered 503 (0 to 1). */
  errorRate5xx: number;
  seed: number;
}

export const NO_FAULTS: Readonly<Faults> = {
  duplicate: 0,
  delayMs: 0,
  jitterMs: 0,
  reorder: false,
  drop: 0,
  forge: 0,
  slowMs: 0,
  errorRate5xx: 0,
  seed: 1,
};

export class FaultSwitches {
  private faults: Faults = { ...NO_FAULTS };
  private source = new SeededRandom(NO_FAULTS.seed);

  get current(): Readonly<Faults> {
    return this.faults;
  }

  get random(): SeededRandom {
    return this.source;
  }

  /** Faults that are not named are off afterwards; the randomness starts again from the seed. */
  set(wanted: Partial<Faults>): Readonly<Faults> {
    this.faults = { ...NO_FAULTS, ...wanted };
    this.source = new SeededRandom(this.faults.seed);
    return this.faults;
  }

  reset(): Readonly<Faults> {
    return this.set({});
  }
}
