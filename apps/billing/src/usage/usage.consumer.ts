import { Controller } from '@nestjs/common';
import {
  type CallEndedV1,
  callEndedV1,
  type CallEnrichedV1,
  callEnrichedV1,
  type EventMeta,
} from '@parley/contracts';
import { DeadLetterNow, type EventInBatch, OnEvents } from '@parley/messaging';
import { type UsageReport, usageOfCall } from './usage';
import { type ReportedUsage, Usage } from './usage.service';

@Controller()
export class UsageConsumer {
  constructor(private readonly usage: Usage) {}

  @OnEvents(callEndedV1)
  onCallEnded(events: readonly EventInBatch<CallEndedV1>[]): Promise<void> {
    return this.usage.recordAll(events.map((event) => reported(event, usageOfCall(event.payload))));
  }

  @OnEvents(callEnrichedV1)
  onCallEnriched(events: readonly EventInBatch<CallEnrichedV1>[]): Promise<void> {
    return this.usage.recordAll(events.map((event) => reported(event, usageOfCall(event.payload))));
  }
}

export function reported({ meta, run }: EventInBatch<unknown>, report: UsageReport): ReportedUsage {
  return { tenantId: tenantOf(meta), report, causationId: meta.id, run };
}

export function tenantOf({ tenantId }: EventMeta): string {
  if (!tenantId) throw new DeadLetterNow('Use without a tenant cannot be billed');
  return tenantId;
}
