import { Inject, Injectable } from '@nestjs/common';
import { RateLimited } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { GatewayConfig } from '../config';
import { RATE_CLASSES, type RateClass } from './rate-classes';
import type { RateHit, RateStore } from './rate-store';

export const RATE_STORE = Symbol('RATE_STORE');

export interface Spent extends RateHit {
  readonly limit: number;
}

/** What somebody has left of a limited kind of request. */
@Injectable()
export class RateLimits {
  constructor(
    @Inject(RATE_STORE) private readonly store: RateStore,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  get off(): boolean {
    return this.config.RATE_LIMITS === 'off';
  }

  /** Counts one request. Over the limit is told, not thrown: see {@link refuseOver}. */
  async spend(rateClass: RateClass, whose: string, ownLimit?: number): Promise<Spent> {
    const { windowSeconds, setting } = RATE_CLASSES[rateClass];
    const hit = await this.store.hit(`${rateClass}:${whose}`, windowSeconds);
    return { ...hit, limit: ownLimit ?? this.config[setting] };
  }

  /** Takes one request back: it was not of the kind the limit is for. */
  async giveBack(rateClass: RateClass, whose: string): Promise<void> {
    await this.store.giveBack(`${rateClass}:${whose}`);
  }
}

/** @throws RateLimited */
export function refuseOver({ count, limit, resetSeconds }: Spent): void {
  if (count > limit) throw new RateLimited(`Over ${limit} requests; try again later`, resetSeconds);
}
