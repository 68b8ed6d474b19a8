import { Controller, Inject } from '@nestjs/common';
import {
  type CreditsLowV1,
  creditsLowV1,
  type EventMeta,
  type TrialEndingV1,
  trialEndingV1,
  type UsageThresholdV1,
  usageThresholdV1,
} from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { BillingNotices } from './billing-notices.service';
import { type BillingNotice, noticeKeyOf } from './notice';

@Controller()
export class BillingNoticesConsumer {
  constructor(@Inject(BillingNotices) private readonly notices: BillingNotices) {}

  @OnEvent(creditsLowV1)
  onCreditsLow(low: CreditsLowV1, meta: EventMeta): Promise<void> {
    return this.tell({ kind: 'low_credits', ...low }, meta);
  }

  @OnEvent(usageThresholdV1)
  onUsageThreshold(threshold: UsageThresholdV1, meta: EventMeta): Promise<void> {
    return this.tell({ kind: 'usage', ...threshold }, meta);
  }

  @OnEvent(trialEndingV1)
  onTrialEnding(trial: TrialEndingV1, meta: EventMeta): Promise<void> {
    return this.tell({ kind: 'trial_ending', ...trial }, meta);
  }

  private tell(notice: BillingNotice, meta: EventMeta): Promise<void> {
    return this.notices.queue(noticeKeyOf(notice, meta), notice);
  }
}
