import { Inject, Injectable } from '@nestjs/common';
import {
  type ChangePasswordRequest,
  currentCaller,
  Forbidden,
  type ResetPasswordRequest,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Passwords } from '../account/passwords.service';
import { type User, UserRepository } from '../account/user.repository';
import { ChallengeRepository } from '../mfa/challenge.repository';
import { LoginGuardRepository } from '../session/login-guard.repository';
import { SessionEndings } from '../session/session-endings.service';
import { SignInGuard } from '../session/sign-in-guard.service';
import { AccountClaim } from '../social/account-claim.service';
import { SocialAccountRepository } from '../social/social-account.repository';
import { TenantRepository } from '../tenancy/tenant.repository';
import { InvalidMailToken, WrongPassword } from './verification.errors';
import { VerificationMails } from './verification-mails.service';
import { hashOfToken, TOKEN_PURPOSES, type TokenPurpose } from './verification-token';
import { VerificationTokenRepository } from './verification-token.repository';

/** Tokens that let their holder choose a password. */
const CHOOSING: readonly TokenPurpose[] = ['reset_password', 'set_password'];

/** New passwords. As at sign-in, hashing happens between transactions. */
@Injectable()
export class PasswordService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(LoginGuardRepository) private readonly guards: LoginGuardRepository,
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(SessionEndings) private readonly sessions: SessionEndings,
    @Inject(VerificationTokenRepository) private readonly tokens: VerificationTokenRepository,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
    @Inject(ChallengeRepository) private readonly challenges: ChallengeRepository,
    @Inject(SocialAccountRepository) private readonly socialAccounts: SocialAccountRepository,
    @Inject(AccountClaim) private readonly claims: AccountClaim,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
  ) {}

  /**
   * Whoever reads the mail owns the address: it counts as verified, every session ends, and the locks of the account
   * are lifted. Where nobody had proved the address, whatever else lets anybody in ends too. A weak password leaves the token usable.
   * @throws InvalidMailToken, WeakPassword
   */
  async reset({ token, password }: ResetPasswordRequest): Promise<void> {
    const hash = hashOfToken(token);
    const user = await this.db.system('password reset', async () => {
      const holder = await this.tokens.findHolder(hash, CHOOSING, new Date());
      return holder === undefined ? undefined : this.users.find(holder);
    });
    if (!user || user.status !== 'active') throw new InvalidMailToken();
    const passwordHash = await this.passwords.hashNew(password, user);
    await this.db.system('password reset', async () => {
      const at = new Date();
      // The guard first, as at sign-in: two transactions that lock in opposite order would wait for each other.
      await this.guards.lock({ email: user.email }, at);
      // Person, then token: as whoever sets a password without one does.
      await this.users.lock(user.id);
      if (!(await this.tokens.consume(hash, CHOOSING, at))) throw new InvalidMailToken();
      await this.guards.openAll(user.email);
      const changed = await this.users.changePassword(user.id, passwordHash, user.passwordHash);
      if (!changed) throw new InvalidMailToken();
      // What is older than the proof of the address may be that of whoever registered it in advance.
      if (await this.users.verifyEmail(user.id, at)) await this.claims.clear(changed, at, 'password_reset');
      else if (changed.emailVerifiedAt)
        await this.socialAccounts.removeOlder(user.id, changed.emailVerifiedAt);
      await this.finish(changed, user.passwordHash, 'password_reset', at);
    });
  }

  /**
   * Guesses at the current password count as at sign-in, for this session alone.
   * @throws WrongPassword, WeakPassword, AccountLocked
   */
  async change({ currentPassword, newPassword }: ChangePasswordRequest): Promise<void> {
    const { userId, sessionId, impersonatorId } = currentCaller();
    if (impersonatorId) throw new Forbidden('Nobody changes the password of somebody else (C-88)');
    if (!userId) throw new Unauthenticated('Sign in first');
    const user = await this.db.system('own password', async () => {
      const found = await this.users.find(userId);
      if (found) await this.guard.look(await this.guard.innerDoor(found, sessionId), new Date());
      return found;
    });
    if (!user) throw new Unauthenticated('This account has ended');
    const matches = await this.passwords.matches(currentPassword, user.passwordHash);
    if (!matches) {
      await this.countFailure(user, sessionId);
      throw new WrongPassword();
    }
    const passwordHash = await this.passwords.hashNew(newPassword, user, 'newPassword');
    await this.db.system('own password', async () => {
      const at = new Date();
      await this.guard.enter(await this.guard.innerDoor(user, sessionId), at);
      const changed = await this.users.changePassword(user.id, passwordHash, user.passwordHash);
      if (!changed) throw new WrongPassword();
      await this.finish(changed, user.passwordHash, 'password_changed', at, sessionId);
    });
  }

  /** In the transaction that changed the password. */
  async finish(
    user: User,
    replaced: string | null,
    reason: string,
    at: Date,
    except?: string,
  ): Promise<void> {
    await this.tokens.consumeAll(user.id, TOKEN_PURPOSES, at);
    // Who proved the old password and no second factor yet has proved nothing.
    await this.challenges.dropOf(user.id);
    if (replaced !== null) await this.mails.tell(user, 'password_changed');
    const [home] = await this.tenants.ofMember(user.id);
    const filter = { userId: user.id, ...(except ? { exceptId: except } : {}) };
    await this.sessions.end(filter, reason, at, [
      {
        action: `account.${reason.replace('_', '-')}`,
        resourceType: 'user',
        resourceId: user.id,
        tenantId: home?.id ?? null,
        actorUserId: user.id,
      },
    ]);
  }

  /** Many guesses at once are told under the lock, like those at sign-in: the sixth finds it locked. */
  private async countFailure(user: User, sessionId: string | undefined): Promise<void> {
    await this.db.system('own password', async () => {
      const at = new Date();
      const door = await this.guard.enter(await this.guard.innerDoor(user, sessionId), at);
      await this.guard.fail(door, at, user.id);
    });
  }
}
