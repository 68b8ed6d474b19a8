import { Inject, Injectable } from '@nestjs/common';
import type { CallBillingFacts } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import type { BillingConfig } from '../config';
import { CallComparison } from './call-comparison';
import type { Batch, Check, Run } from './run';
import { TelephonyFacts } from './telephony-facts';

/** Every call that ended was charged, and as long as it lasted. */
@Injectable()
export class CallsCheck implements Check {
  readonly phase = 'calls';

  constructor(
    @Inject(CONFIG) private readonly config: BillingConfig,
    private readonly telephony: TelephonyFacts,
    private readonly comparison: CallComparison,
  ) {}

  async next(run: Run): Promise<Batch> {
    const page = await this.telephony.page({
      announcedFrom: run.windowStart.toISOString(),
      announcedBefore: run.windowEnd.toISOString(),
      limit: this.config.RECONCILIATION_BATCH,
      ...(run.cursor ? { cursor: run.cursor } : {}),
    });
    const calls = page.data.filter((call) => isSettled(call, run));
    await this.comparison.compare(run, calls);
    return { checked: { calls: calls.length }, cursor: page.nextCursor };
  }
}

/** What changed just now may not have been heard of yet. */
export const isSettled = ({ updatedAt }: CallBillingFacts, { windowEnd }: Run): boolean =>
  new Date(updatedAt) < windowEnd;
