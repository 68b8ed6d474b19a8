export interface KnownGoodOptions {
  /** Entries kept, those not used for longest go first. */
  capacity?: number;
  /** Younger than this, a value is used unasked. */
  freshMs?: number;
  /** Younger than this, a value is used while a newer one is fetched. */
  staleMs?: number;
  /** How long it is remembered that there is nothing. */
  absentMs?: number;
  /** Patience with the source; after that the last known value answers. */
  patienceMs?: number;
}

interface Entry<Value> {
  value: Value;
  loadedAt: number;
}

/**
 * Values by key that outlive their source: fresh ones are used at once, older ones while they are renewed, and any
 * when the source does not answer. What is absent is kept apart, so that guessing keys evicts nothing real.
 */
export class KnownGoodCache<Value> {
  private readonly present = new Map<string, Entry<Value>>();
  private readonly absent = new Map<string, number>();
  private readonly loading = new Map<string, Promise<Value | undefined>>();
  private generation = 0;
  private readonly options: Required<KnownGoodOptions>;

  constructor(
    private readonly load: (key: string) => Promise<Value | undefined>,
    options: KnownGoodOptions = {},
  ) {
    this.options = {
      capacity: 20_000,
      freshMs: 30_000,
      staleMs: 300_000,
      absentMs: 5_000,
      patienceMs: 700,
      ...options,
    };
  }

  /** @throws whatever the source threw, when nothing is known of `key` */
  async get(key: string): Promise<Value | undefined> {
    const now = Date.now();
    const entry = this.present.get(key);
    if (entry) {
      const age = now - entry.loadedAt;
      if (age < this.options.freshMs) return entry.value;
      const renewed = this.renew(key);
      if (age < this.options.staleMs) {
        renewed.catch(() => undefined);
        return entry.value;
      }
      return this.within(renewed).catch(() => entry.value);
    }
    if (now - (this.absent.get(key) ?? -Infinity) < this.options.absentMs) return undefined;
    return this.within(this.renew(key));
  }

  /** Nothing is trusted without asking again, but stays known in case the source is away. */
  expire(): void {
    this.generation += 1;
    this.loading.clear();
    this.absent.clear();
    for (const entry of this.present.values()) entry.loadedAt = -Infinity;
  }

  private renew(key: string): Promise<Value | undefined> {
    const running = this.loading.get(key);
    if (running) return running;
    const { generation } = this;
    const renewed = this.load(key).then((value) => {
      if (generation === this.generation) this.keep(key, value);
      return value;
    });
    const done = (): void => {
      if (this.loading.get(key) === renewed) this.loading.delete(key);
    };
    renewed.then(done, done);
    this.loading.set(key, renewed);
    return renewed;
  }

  private keep(key: string, value: Value | undefined): void {
    if (value === undefined) {
      this.present.delete(key);
      this.absent.set(key, Date.now());
      trim(this.absent, this.options.capacity);
      return;
    }
    this.absent.delete(key);
    // Maps keep their order of insertion, and what is in use is renewed: the least recently used stand first.
    this.present.delete(key);
    this.present.set(key, { value, loadedAt: Date.now() });
    trim(this.present, this.options.capacity);
  }

  private within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`no answer within ${this.options.patienceMs} ms`));
      const timer = setTimeout(late, this.options.patienceMs);
      work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

function trim(map: Map<string, unknown>, capacity: number): void {
  while (map.size > capacity) map.delete(map.keys().next().value as string);
}
