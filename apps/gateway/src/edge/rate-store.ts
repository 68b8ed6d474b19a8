import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

export interface RateHit {
  /** Hits in the running window, this one included. */
  count: number;
  /** Until the window ends. */
  resetSeconds: number;
}

/** Counts hits per key in fixed windows. */
export interface RateStore {
  hit(key: string, windowSeconds: number): Promise<RateHit>;
  /** Undoes a hit of the running window. */
  giveBack(key: string): Promise<void>;
  onModuleDestroy(): Promise<void>;
}

/** Some 20 MB of windows. More come only from a crowd of addresses, each within its limits. */
const MAX_WINDOWS = 100_000;

/** For one gateway. Expired windows are swept as new ones come; when there are too many the oldest goes. */
export class MemoryRateStore implements RateStore {
  private readonly windows = new Map<string, { count: number; endsAt: number }>();
  private sweepAt = 0;

  constructor(private readonly maxWindows = MAX_WINDOWS) {}

  get size(): number {
    return this.windows.size;
  }

  async hit(key: string, windowSeconds: number): Promise<RateHit> {
    const now = Date.now();
    if (now > this.sweepAt) this.sweep(now);
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      this.windows.delete(key);
      this.makeRoom();
      window = { count: 0, endsAt: now + windowSeconds * 1000 };
      this.windows.set(key, window);
    }
    window.count += 1;
    return { count: window.count, resetSeconds: Math.ceil((window.endsAt - now) / 1000) };
  }

  async giveBack(key: string): Promise<void> {
    const window = this.windows.get(key);
    if (window && window.count > 0) window.count -= 1;
  }

  async onModuleDestroy(): Promise<void> {
    this.windows.clear();
  }

  private makeRoom(): void {
    if (this.windows.size < this.maxWindows) return;
    const oldest = this.windows.keys().next().value;
    if (oldest !== undefined) this.windows.delete(oldest);
  }

  private sweep(now: number): void {
    this.sweepAt = now + 60_000;
    for (const [key, { endsAt }] of this.windows) if (endsAt <= now) this.windows.delete(key);
  }
}

const HIT = `local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

const GIVE_BACK = `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end
return 0`;

/** Shared by several gateways. When Redis is away each counts for itself: limits loosen, requests go on. */
export class RedisRateStore implements RateStore {
  private readonly logger = new Logger('RateStore');
  private readonly fallback = new MemoryRateStore();
  private readonly redis: Redis;
  private away = false;

  constructor(url: string) {
    this.redis = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 250 });
    this.redis.on('error', (error) => this.lost(error));
    this.redis.on('ready', () => this.found());
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  async hit(key: string, windowSeconds: number): Promise<RateHit> {
    if (!this.isReady) return this.fallback.hit(key, windowSeconds);
    try {
      const answer = (await this.redis.eval(HIT, 1, `rate:${key}`, windowSeconds * 1000)) as [number, number];
      this.found();
      return { count: answer[0], resetSeconds: Math.ceil(answer[1] / 1000) };
    } catch (error) {
      this.lost(error);
      return this.fallback.hit(key, windowSeconds);
    }
  }

  async giveBack(key: string): Promise<void> {
    if (!this.isReady) return this.fallback.giveBack(key);
    await this.redis.eval(GIVE_BACK, 1, `rate:${key}`).catch((error: unknown) => this.lost(error));
  }

  /** Said once per absence, not per request. */
  private lost(error: unknown): void {
    if (!this.away) this.logger.warn({ err: error }, 'redis is away: every gateway counts for itself');
    this.away = true;
  }

  private found(): void {
    if (this.away) this.logger.log('redis is back: limits are shared again');
    this.away = false;
  }

  async onModuleDestroy(): Promise<void> {
    this.redis.disconnect();
    await this.fallback.onModuleDestroy();
  }
}
