import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, type MeResponse, Unauthenticated } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { ProviderKeyService } from '../provider-keys/provider-key.service';
import { TenantRepository, toTenantResponse } from '../tenancy/tenant.repository';
import { toUserResponse, UserRepository } from './user.repository';

@Injectable()
export class AccountService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(ProviderKeyService) private readonly providerKeys: ProviderKeyService,
  ) {}

  /** The caller as the database has them now; the token may be an hour old. */
  async me(): Promise<MeResponse> {
    const { userId, tenantId } = currentCaller();
    if (!userId) throw new Unauthenticated('Sign in first');
    return this.db.system('own account', async () => {
      const user = await this.users.find(userId);
      const memberships = (await this.tenants.ofMember(userId)).map(toTenantResponse);
      const tenant = memberships.find(({ id }) => id === tenantId);
      if (!user || !tenant) throw new Unauthenticated('This account or membership has ended');
      const apiKeys = await this.providerKeys.shownOf(userId);
      return { user: toUserResponse(user), tenant, memberships, apiKeys };
    });
  }
}
