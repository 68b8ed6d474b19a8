import { Controller } from '@nestjs/common';
import {
  type CallEndedV1,
  callEndedV1,
  type CallEnrichedV1,
  callEnrichedV1,
  type EventMeta,
  type SmsReceivedV1,
  smsReceivedV1,
  type TenantCreatedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { callFactOf } from './call-fact';
import { FactService } from './fact.service';

@Controller()
export class FactConsumer {
  constructor(private readonly facts: FactService) {}

  @OnEvent(callEndedV1)
  onCallEnded(call: CallEndedV1, meta: EventMeta): Promise<void> {
    return this.facts.recordCall(tenantOf(meta), callFactOf(call));
  }

  @OnEvent(callEnrichedV1)
  onCallEnriched(call: CallEnrichedV1, meta: EventMeta): Promise<void> {
    return this.facts.recordCall(tenantOf(meta), callFactOf(call));
  }

  @OnEvent(smsReceivedV1)
  onSmsReceived(message: SmsReceivedV1, meta: EventMeta): Promise<void> {
    return this.facts.recordMessage(tenantOf(meta), message);
  }

  @OnEvent(tenantCreatedV1)
  onTenantCreated({ tenantId, timezone }: TenantCreatedV1, _meta: EventMeta): Promise<void> {
    return this.facts.settle(tenantId, knownTimezone(timezone));
  }
}

function tenantOf({ tenantId }: EventMeta): string {
  if (!tenantId) throw new DeadLetterNow('A fact without a tenant cannot be counted');
  return tenantId;
}

/** An unknown zone would fail on every delivery; a person can mend the letter and replay it. */
function knownTimezone(timezone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return timezone;
  } catch (error) {
    throw new DeadLetterNow(`${timezone} is no time zone`, { cause: error });
  }
}
