import { Inject, Injectable } from '@nestjs/common';
import {
  currentCaller,
  type LinkSocialAccountRequest,
  type SocialAccountsResponse,
  type SocialProviderName,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { PasskeyRepository } from '../mfa/passkey.repository';
import { actingInPerson } from '../session/acting-user';
import { FreshSession } from './fresh-session.service';
import { SocialAccountRepository, toSocialAccountResponse } from './social-account.repository';
import { SocialProofs } from './social-proofs.service';
import { LastWayIn, LinkedElsewhere, NotLinked, ProviderTaken } from './social.errors';

const REASON = 'own social accounts';

/** The providers a person may sign in with. */
@Injectable()
export class SocialAccounts {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SocialAccountRepository) private readonly accounts: SocialAccountRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(SocialProofs) private readonly proofs: SocialProofs,
    @Inject(FreshSession) private readonly fresh: FreshSession,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list(): Promise<SocialAccountsResponse> {
    const { userId } = currentCaller();
    if (!userId) throw new Unauthenticated('Sign in first');
    return this.db.system(REASON, async () => this.toResponse(await this.users.find(userId)));
  }

  /**
   * Only with a code of a flow that this person began signed in: any other could be slipped to them.
   * @throws ProofRefused, LinkedElsewhere, ProviderTaken, SignInAgain
   */
  async link(request: LinkSocialAccountRequest): Promise<SocialAccountsResponse> {
    const userId = await this.fresh.demandUser();
    const profile = await this.proofs.redeem(request, userId);
    return this.db.system(REASON, async () => {
      await this.accounts.takeTurn(profile);
      const user = await this.lock(userId);
      // Once more, now that nobody can end the session unseen.
      await this.fresh.demandUser();
      const known = await this.accounts.find(profile);
      if (known && known.userId !== userId) throw new LinkedElsewhere();
      if (!known) {
        if (!(await this.accounts.add(userId, profile, new Date(), null))) throw new ProviderTaken();
        await this.record('social-account.linked', userId, profile.provider);
      }
      return this.toResponse(user);
    });
  }

  /** @throws NotLinked, LastWayIn */
  async unlink(provider: SocialProviderName): Promise<void> {
    const { userId } = actingInPerson();
    await this.db.system(REASON, async () => {
      const user = await this.lock(userId);
      const all = await this.accounts.ofUser(userId);
      const account = all.find((each) => each.provider === provider);
      if (!account) throw new NotLinked();
      if (all.length === 1 && !(await this.hasOtherWayIn(user))) throw new LastWayIn();
      await this.accounts.remove(account);
      await this.record('social-account.unlinked', userId, provider);
    });
  }

  private async hasOtherWayIn({ id, passwordHash }: User): Promise<boolean> {
    return passwordHash !== null || (await this.passkeys.ofPerson(id)).length > 0;
  }

  /** Whoever changes the ways in takes turns: two at once must not remove the last two. */
  private async lock(userId: string): Promise<User> {
    const user = await this.users.lock(userId);
    if (user?.status !== 'active') throw new Unauthenticated('This account has ended');
    return user;
  }

  private async toResponse(user: User | undefined): Promise<SocialAccountsResponse> {
    if (!user) throw new Unauthenticated('This account has ended');
    const data = (await this.accounts.ofUser(user.id)).map(toSocialAccountResponse);
    return { data, hasPassword: user.passwordHash !== null };
  }

  private async record(action: string, userId: string, provider: SocialProviderName): Promise<void> {
    await this.audit.record({ action, resourceType: 'user', resourceId: userId, after: { provider } });
  }
}
