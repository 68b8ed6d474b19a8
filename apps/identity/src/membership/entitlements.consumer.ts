import { Controller, Inject } from '@nestjs/common';
import { type EntitlementsChangedV1, entitlementsChangedV1, type EventMeta } from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { Seats } from './seats.service';

@Controller()
export class EntitlementsConsumer {
  constructor(@Inject(Seats) private readonly seats: Seats) {}

  @OnEvent(entitlementsChangedV1)
  async onEntitlementsChanged(
    { seats, version }: EntitlementsChangedV1,
    { tenantId, type }: EventMeta,
  ): Promise<void> {
    if (!tenantId) throw new DeadLetterNow(`${type} without a tenant entitles nobody`);
    await this.seats.entitle(tenantId, seats, version);
  }
}
