import { Inject, Injectable } from '@nestjs/common';
import { currentCaller, type MeResponse, Unauthenticated, type UpdateMeRequest } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { AccountService } from '../account/account.service';
import { UserRepository } from '../account/user.repository';

@Injectable()
export class ProfileService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(AccountService) private readonly accounts: AccountService,
  ) {}

  /** The caller afterwards. Access tokens carry the old language until the next refresh. */
  async update({ name, locale }: UpdateMeRequest): Promise<MeResponse> {
    const { userId } = currentCaller();
    if (!userId) throw new Unauthenticated('Sign in first');
    const changes = {
      ...(name === undefined ? {} : { name: name.trim() }),
      ...(locale === undefined ? {} : { locale }),
    };
    return this.db.system('own account', async () => {
      await this.users.updateProfile(userId, changes);
      return this.accounts.me();
    });
  }
}
