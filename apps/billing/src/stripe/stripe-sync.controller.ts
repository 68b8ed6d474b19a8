import { Controller } from '@nestjs/common';
import { type BillingSyncParam, type Nothing, syncBilling } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { StripeSync } from './stripe-sync.service';

@Controller()
export class StripeSyncController {
  constructor(private readonly sync: StripeSync) {}

  @Handles(syncBilling)
  run({ id }: BillingSyncParam): Promise<Nothing> {
    return this.sync.tenant(id);
  }
}
