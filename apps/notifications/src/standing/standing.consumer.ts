import { Controller } from '@nestjs/common';
import {
  type EventMeta,
  type TenantStandingV1,
  tenantReactivatedV1,
  tenantSuspendedV1,
} from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { StandingService } from './standing.service';

@Controller()
export class StandingConsumer {
  constructor(private readonly standings: StandingService) {}

  @OnEvent(tenantSuspendedV1)
  async onSuspended({ tenantId, version }: TenantStandingV1, _meta: EventMeta): Promise<void> {
    await this.standings.record(tenantId, true, version);
  }

  @OnEvent(tenantReactivatedV1)
  async onReactivated({ tenantId, version }: TenantStandingV1, _meta: EventMeta): Promise<void> {
    await this.standings.record(tenantId, false, version);
  }
}
