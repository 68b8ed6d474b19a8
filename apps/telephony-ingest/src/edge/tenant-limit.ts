import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import type { TelephonyConfig } from '../config';

const WINDOW_MS = 60_000;

/** Verified webhooks of each tenant in the running minute, counted per process. */
@Injectable()
export class TenantLimit {
  private readonly limit: number;
  private readonly counts = new Map<string, number>();
  private windowEndsAt = 0;

  constructor(@Inject(CONFIG) config: Pick<TelephonyConfig, 'WEBHOOK_LIMIT_PER_MINUTE'>) {
    this.limit = config.WEBHOOK_LIMIT_PER_MINUTE;
  }

  /** Counts one. @returns when to come back, if that was one too many */
  count(tenantId: string, now = Date.now()): Date | undefined {
    if (this.limit === 0) return undefined;
    if (now >= this.windowEndsAt) {
      this.counts.clear();
      this.windowEndsAt = now + WINDOW_MS;
    }
    const count = (this.counts.get(tenantId) ?? 0) + 1;
    this.counts.set(tenantId, count);
    return count > this.limit ? new Date(this.windowEndsAt) : undefined;
  }
}
