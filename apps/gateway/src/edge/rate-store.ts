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
  onModuleDestroy(): Promise<void>;
}

/** For one gateway. Expired windows are swept as new ones come. */
export class MemoryRateStore implements RateStore {
  private readonly windows = new Map<string, { count: number; endsAt: number }>();
  private sweepAt = 0;

  async hit(key: string, windowSeconds: number): Promise<RateHit> {
    const now = Date.now();
    if (now > this.sweepAt) this.sweep(now);
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      window = { count: 0, endsAt: now + windowSeconds * 1000 };
      this.windows.set(key, window);
    }
    window.count += 1;
    return { count: window.count, resetSeconds: Math.ceil((window.endsAt - now) / 1000) };
  }

  async onModuleDestroy(): Promise<void> {
    this.windows.clear();
  }

  private sweep(now: number): void {
    this.sweepAt = now + 60_000;
    for (const [key, { endsAt }] of this.windows) if (endsAt <= now) this.windows.delete(key);
  }
}

const HIT = `local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

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
