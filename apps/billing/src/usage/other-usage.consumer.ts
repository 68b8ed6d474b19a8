import { Controller } from '@nestjs/common';
import {
  type AiUsageRecordedV1,
  aiUsageRecordedV1,
  type EventMeta,
  type SmsReceivedV1,
  smsReceivedV1,
} from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { usagesOfAi, usageOfSms } from './other-usage';
import { tenantOf } from './usage.consumer';
import { Usage } from './usage.service';

@Controller()
export class OtherUsageConsumer {
  constructor(private readonly usage: Usage) {}

  @OnEvent(smsReceivedV1)
  onSmsReceived(sms: SmsReceivedV1, meta: EventMeta): Promise<void> {
    return this.usage.record(tenantOf(meta), usageOfSms(sms), meta.id);
  }

  @OnEvent(aiUsageRecordedV1)
  async onAiUsed(used: AiUsageRecordedV1, meta: EventMeta): Promise<void> {
    for (const report of usagesOfAi(used, new Date(meta.time)))
      await this.usage.record(tenantOf(meta), report, meta.id);
  }
}
