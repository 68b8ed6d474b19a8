import { Controller } from '@nestjs/common';
import {
  type AiUsageRecordedV1,
  aiUsageRecordedV1,
  type SmsReceivedV1,
  smsReceivedV1,
} from '@parley/contracts';
import { type EventInBatch, OnEvents } from '@parley/messaging';
import { usagesOfAi, usageOfSms } from './other-usage';
import { reported } from './usage.consumer';
import { Usage } from './usage.service';

@Controller()
export class OtherUsageConsumer {
  constructor(private readonly usage: Usage) {}

  @OnEvents(smsReceivedV1)
  onSmsReceived(events: readonly EventInBatch<SmsReceivedV1>[]): Promise<void> {
    return this.usage.recordAll(events.map((event) => reported(event, usageOfSms(event.payload))));
  }

  @OnEvents(aiUsageRecordedV1)
  onAiUsed(events: readonly EventInBatch<AiUsageRecordedV1>[]): Promise<void> {
    const all = events.flatMap((event) =>
      usagesOfAi(event.payload, new Date(event.meta.time)).map((report) => reported(event, report)),
    );
    return this.usage.recordAll(all);
  }
}
