import { Controller, Inject } from '@nestjs/common';
import { getTenantContact, type Nothing, type TenantContact } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { TenantContactService } from './tenant-contact.service';

@Controller()
export class TenantContactController {
  constructor(@Inject(TenantContactService) private readonly contacts: TenantContactService) {}

  @Handles(getTenantContact)
  contact(_request: Nothing): Promise<TenantContact> {
    return this.contacts.ofCallersTenant();
  }
}
