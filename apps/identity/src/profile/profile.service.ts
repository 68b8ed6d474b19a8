import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, type MeResponse, Unauthenticated, type UpdateMeRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AccountService } from '../account/account.service';
import { UserRepository } from '../account/user.repository';
import { ProviderKeyService } from '../provider-keys/provider-key.service';

@Injectable()
export class ProfileService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(AccountService) private readonly accounts: AccountService,
    @Inject(ProviderKeyService) private readonly providerKeys: ProviderKeyService,
  ) {}

  /** The caller afterwards. Access tokens carry the old language until the next refresh. */
  async update({ name, phone, locale, sealedApiKeys }: UpdateMeRequest): Promise<MeResponse> {
    const { userId } = currentCaller();
    if (!userId) throw new Unauthenticated('Sign in first');
    const changes = {
      ...(name === undefined ? {} : { name: name.trim() }),
      ...(phone === undefined ? {} : { phone }),
      ...(locale === undefined ? {} : { locale }),
    };
    const apiKeys = sealedApiKeys === undefined ? undefined : this.providerKeys.openAll(sealedApiKeys);
    return this.db.system('own account', async () => {
      await this.users.updateProfile(userId, changes);
      if (apiKeys) await this.providerKeys.change(apiKeys);
      return this.accounts.me();
    });
  }
}
