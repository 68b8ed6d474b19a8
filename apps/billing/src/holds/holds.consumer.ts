import { Controller } from '@nestjs/common';
import { type CallStartedV1, callStartedV1, type EventMeta } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { tenantOf } from '../usage/usage.consumer';
import { HoldsService } from './holds.service';

@Controller()
export class HoldsConsumer {
  constructor(private readonly holds: HoldsService) {}

  @OnEvent(callStartedV1)
  async onCallStarted({ callId, turnedAway }: CallStartedV1, meta: EventMeta): Promise<void> {
    // Nobody speaks on it, so nothing is promised to it.
    if (turnedAway) return;
    await this.holds.callStarted(tenantOf(meta), callId, meta.id);
  }
}
