import { Controller } from '@nestjs/common';
import {
  type CallEndedV1,
  callEndedV1,
  type CallEnrichedV1,
  callEnrichedV1,
  type EventMeta,
} from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { usageOfCall } from './usage';
import { Usage } from './usage.service';

@Controller()
export class UsageConsumer {
  constructor(private readonly usage: Usage) {}

  @OnEvent(callEndedV1)
  onCallEnded(call: CallEndedV1, meta: EventMeta): Promise<void> {
    return this.usage.record(tenantOf(meta), usageOfCall(call), meta.id);
  }

  @OnEvent(callEnrichedV1)
  onCallEnriched(call: CallEnrichedV1, meta: EventMeta): Promise<void> {
    return this.usage.record(tenantOf(meta), usageOfCall(call), meta.id);
  }
}

export function tenantOf({ tenantId }: EventMeta): string {
  if (!tenantId) throw new DeadLetterNow('Use without a tenant cannot be billed');
  return tenantId;
}
