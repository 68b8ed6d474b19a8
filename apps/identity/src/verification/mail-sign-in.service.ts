import { Inject, Injectable } from '@nestjs/common';
import {
  Forbidden,
  type MailSignInRequest,
  type SessionResponse,
  type SetPasswordRequest,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Passwords } from '../account/passwords.service';
import { UserRepository } from '../account/user.repository';
import { actingInPerson } from '../session/acting-user';
import { SignIn } from '../session/sign-in.service';
import { AccountClaim } from '../social/account-claim.service';
import { PasswordService } from './password.service';
import { InvalidMailToken } from './verification.errors';
import { hashOfToken } from './verification-token';
import { VerificationTokenRepository } from './verification-token.repository';

/** How long after proving who they are somebody may set a password without the current one (ADR 0015). */
const RECENT_MS = 10 * 60_000;

export class ReauthenticationNeeded extends Forbidden {
  constructor() {
    super('Sign in again, or give the current password', 'REAUTHENTICATION_NEEDED');
  }
}

/** Sessions opened by a mailed token, and what such a session is for. */
@Injectable()
export class MailSignIn {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(VerificationTokenRepository) private readonly tokens: VerificationTokenRepository,
    @Inject(SignIn) private readonly signIns: SignIn,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(AccountClaim) private readonly claims: AccountClaim,
    @Inject(PasswordService) private readonly changes: PasswordService,
  ) {}

  /** @throws InvalidMailToken, AccountSuspended, NotAMember, MfaRequired */
  async signIn({ token, purpose }: MailSignInRequest): Promise<SessionResponse> {
    const outcome = await this.db.system('sign-in by mail', async () => {
      const at = new Date();
      const hash = hashOfToken(token);
      const userId = await this.tokens.findHolder(hash, [purpose], at);
      // Person, then token: as whoever sets a password does.
      const known = userId && (await this.users.lockToSignIn(userId));
      if (!known || !(await this.tokens.consume(hash, [purpose], at))) throw new InvalidMailToken();
      const proved = await this.users.verifyEmail(known.id, at);
      // Once the address is proved its mails have done their work: they are no keys to the account.
      if (purpose === 'verify_email' && !proved) throw new InvalidMailToken();
      if (proved) await this.tokens.consumeAll(known.id, ['verify_email'], at);
      // Whoever registered the address in advance may have chosen the password and left ways in for themselves.
      if (proved && purpose === 'reset_password') {
        await this.claims.clear(proved, at);
        await this.users.dropPassword(known.id);
      }
      const user = (await this.users.find(known.id)) ?? known;
      return this.signIns.finish(user, undefined, ['mail'], at);
    });
    return this.signIns.answer(outcome);
  }

  /** @throws ReauthenticationNeeded, WeakPassword */
  async setPassword({ newPassword }: SetPasswordRequest): Promise<void> {
    const { userId, sessionId } = actingInPerson();
    const user = await this.db.system('own password', async () => {
      await this.refuseStale(sessionId, userId);
      return this.users.find(userId);
    });
    if (!user) throw new Unauthenticated('This account has ended');
    const passwordHash = await this.passwords.hashNew(newPassword, user, 'newPassword');
    await this.db.system('own password', async () => {
      await this.refuseStale(sessionId, userId);
      const changed = await this.users.changePassword(user.id, passwordHash, user.passwordHash);
      if (!changed) throw new ReauthenticationNeeded();
      await this.changes.finish(changed, user.passwordHash, 'password_changed', new Date(), sessionId);
    });
  }

  private async refuseStale(sessionId: string | undefined, userId: string): Promise<void> {
    const recent = await this.db.query(
      `SELECT 1 FROM auth_sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND authenticated_at > $3`,
      [sessionId ?? null, userId, new Date(Date.now() - RECENT_MS)],
    );
    if (recent.length === 0) throw new ReauthenticationNeeded();
  }
}
