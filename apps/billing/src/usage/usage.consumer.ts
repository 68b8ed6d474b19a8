import { Controller } from '@nestjs/common';
import {
  type CallEndedV1,
  callEndedV1,
  type CallEnrichedV1,
  callEnrichedV1,
  type EventMeta,
} from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { usageOf } from './usage';
import { UsageService } from './usage.service';

@Controller()
export class UsageConsumer {
  constructor(private readonly usages: UsageService) {}

  @OnEvent(callEndedV1)
  onCallEnded(call: CallEndedV1, meta: EventMeta): Promise<void> {
    return this.usages.billCall(tenantOf(meta), usageOf(call), meta.id);
  }

  @OnEvent(callEnrichedV1)
  onCallEnriched(call: CallEnrichedV1, meta: EventMeta): Promise<void> {
    return this.usages.billCall(tenantOf(meta), usageOf(call), meta.id);
  }
}

function tenantOf({ tenantId }: EventMeta): string {
  if (!tenantId) throw new DeadLetterNow('A call without a tenant cannot be billed');
  return tenantId;
}
