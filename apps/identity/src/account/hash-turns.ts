import { availableParallelism } from 'node:os';
import { HASHING_TIMEOUT_MS, RateLimited } from '@parley/contracts';

/** libuv has four threads unless told otherwise; one stays free for signing, files and name lookups. */
const MOST = 3;
/** Whoever comes when so many wait would not get an answer in time anyway. */
const MOST_WAITING = 1_000;
const COME_BACK_SECONDS = 5;

/** How many passwords are hashed at once: all cores but one, so that a wave of sign-ins leaves one to all else. */
export const defaultTurns = (): number => Math.max(1, Math.min(MOST, availableParallelism() - 1));

interface Waiting {
  since: number;
  start(): void;
  refuse(error: Error): void;
}

/** Hashing takes turns: sign-ins wait for each other rather than everybody for them. */
export class HashTurns {
  private running = 0;
  private readonly queue: Waiting[] = [];

  constructor(
    private readonly limit: number,
    private readonly patienceMs = HASHING_TIMEOUT_MS,
  ) {}

  /** @throws RateLimited when too many wait, or the turn comes after the caller has gone */
  async take<T>(work: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.next();
    }
  }

  private turn(): Promise<void> {
    if (this.running < this.limit) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.queue.length >= MOST_WAITING) return Promise.reject(tooMany());
    return new Promise((start, refuse) => {
      this.queue.push({ since: performance.now(), start, refuse });
    });
  }

  private next(): void {
    for (let waiting = this.queue.shift(); waiting; waiting = this.queue.shift()) {
      if (performance.now() - waiting.since < this.patienceMs) {
        this.running += 1;
        waiting.start();
        return;
      }
      waiting.refuse(tooMany());
    }
  }
}

const tooMany = (): RateLimited =>
  new RateLimited('Too many people sign in at this moment', COME_BACK_SECONDS);
