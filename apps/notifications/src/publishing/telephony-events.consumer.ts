import { Controller } from '@nestjs/common';
import {
  type CallEndedV1,
  callEndedV1,
  type CallEnrichedV1,
  callEnrichedV1,
  type CallStartedV1,
  callStartedV1,
  type EventMeta,
  type SmsReceivedV1,
  smsReceivedV1,
} from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { callEnded, callEnriched, callStarted, messageReceived } from '../formats/outbound-event';
import { FanOutService } from './fan-out.service';

@Controller()
export class TelephonyEventsConsumer {
  constructor(private readonly fanOut: FanOutService) {}

  @OnEvent(callStartedV1)
  onCallStarted(call: CallStartedV1, meta: EventMeta): Promise<void> {
    return this.fanOut.publish(tenantOf(meta), callStarted(call, meta));
  }

  @OnEvent(callEndedV1)
  onCallEnded(call: CallEndedV1, meta: EventMeta): Promise<void> {
    return this.fanOut.publish(tenantOf(meta), callEnded(call, meta));
  }

  @OnEvent(callEnrichedV1)
  onCallEnriched(call: CallEnrichedV1, meta: EventMeta): Promise<void> {
    return this.fanOut.publish(tenantOf(meta), callEnriched(call, meta));
  }

  @OnEvent(smsReceivedV1)
  onMessageReceived(message: SmsReceivedV1, meta: EventMeta): Promise<void> {
    return this.fanOut.publish(tenantOf(meta), messageReceived(message, meta));
  }
}

function tenantOf({ tenantId, type }: EventMeta): string {
  if (!tenantId) throw new DeadLetterNow(`${type} without a tenant is nobody's to hear of`);
  return tenantId;
}
