import { Controller, Inject } from '@nestjs/common';
import { getMe, MeResponse, Nothing } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { AccountService } from './account.service';

@Controller()
export class AccountController {
  constructor(@Inject(AccountService) private readonly accounts: AccountService) {}

  @Handles(getMe)
  me(_request: Nothing): Promise<MeResponse> {
    return this.accounts.me();
  }
}
