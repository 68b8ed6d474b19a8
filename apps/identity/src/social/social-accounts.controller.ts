import { Controller, Inject } from '@nestjs/common';
import {
  linkSocialAccount,
  LinkSocialAccountRequest,
  listSocialAccounts,
  Nothing,
  SocialAccountsResponse,
  SocialProviderPath,
  unlinkSocialAccount,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SocialAccounts } from './social-accounts.service';

@Controller()
export class SocialAccountsController {
  constructor(@Inject(SocialAccounts) private readonly accounts: SocialAccounts) {}

  @Handles(listSocialAccounts)
  list(_request: Nothing): Promise<SocialAccountsResponse> {
    return this.accounts.list();
  }

  @Handles(linkSocialAccount)
  link(request: LinkSocialAccountRequest): Promise<SocialAccountsResponse> {
    return this.accounts.link(request);
  }

  @Handles(unlinkSocialAccount)
  async unlink({ provider }: SocialProviderPath): Promise<Nothing> {
    await this.accounts.unlink(provider);
    return {};
  }
}
