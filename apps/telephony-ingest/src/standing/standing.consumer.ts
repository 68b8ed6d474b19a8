import { Controller, Inject } from '@nestjs/common';
import { type EventMeta, type StandingChangedV1, standingChangedV1 } from '@parley/contracts';
import { DeadLetterNow, OnEvent } from '@parley/messaging';
import { StandingRepository } from './standing.repository';

/** Keeps what billing tells of tenants' lines, in whatever order it comes. */
@Controller()
export class StandingConsumer {
  constructor(@Inject(StandingRepository) private readonly standings: StandingRepository) {}

  @OnEvent(standingChangedV1)
  onStandingChanged(standing: StandingChangedV1, { tenantId }: EventMeta): Promise<void> {
    if (!tenantId) throw new DeadLetterNow('A standing is a tenant’s');
    return this.standings.keep(tenantId, standing);
  }
}
