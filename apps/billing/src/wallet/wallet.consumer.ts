import { Controller } from '@nestjs/common';
import { type EventMeta, type TenantCreatedV1, tenantCreatedV1 } from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { WalletService } from './wallet.service';

@Controller()
export class WalletConsumer {
  constructor(private readonly wallets: WalletService) {}

  @OnEvent(tenantCreatedV1)
  onTenantCreated({ tenantId }: TenantCreatedV1, meta: EventMeta): Promise<void> {
    return this.wallets.open(tenantId, new Date(meta.time), meta.id);
  }
}
