import { Controller, Inject } from '@nestjs/common';
import {
  createSubAccount,
  CreateSubAccountRequest,
  listSubAccounts,
  PageRequest,
  reactivateSubAccount,
  SubAccount,
  SubAccountIdRequest,
  SubAccountPage,
  suspendSubAccount,
  SuspendSubAccountRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SubAccountService } from './sub-account.service';

@Controller()
export class SubAccountsController {
  constructor(@Inject(SubAccountService) private readonly subAccounts: SubAccountService) {}

  @Handles(createSubAccount)
  create(request: CreateSubAccountRequest): Promise<SubAccount> {
    return this.subAccounts.create(request);
  }

  @Handles(listSubAccounts)
  list(request: PageRequest): Promise<SubAccountPage> {
    return this.subAccounts.list(request);
  }

  @Handles(suspendSubAccount)
  suspend(request: SuspendSubAccountRequest): Promise<SubAccount> {
    return this.subAccounts.suspend(request);
  }

  @Handles(reactivateSubAccount)
  reactivate({ id }: SubAccountIdRequest): Promise<SubAccount> {
    return this.subAccounts.reactivate(id);
  }
}
