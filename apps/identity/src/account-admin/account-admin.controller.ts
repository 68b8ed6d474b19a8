import { Controller, Inject } from '@nestjs/common';
import { createAccount, CreateAccountRequest, CreatedAccountResponse } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { AccountAdmin } from './account-admin.service';

@Controller()
export class AccountAdminController {
  constructor(@Inject(AccountAdmin) private readonly accounts: AccountAdmin) {}

  @Handles(createAccount)
  create(request: CreateAccountRequest): Promise<CreatedAccountResponse> {
    return this.accounts.create(request);
  }
}
