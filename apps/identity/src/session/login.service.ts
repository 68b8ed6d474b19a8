import { Inject, Injectable } from '@nestjs/common';
import type { LoginRequest, SessionResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Passwords } from '../account/passwords.service';
import { normalizeEmail, type User, UserRepository } from '../account/user.repository';
import type { Door } from './door';
import { InvalidCredentials } from './session.errors';
import { SignInGuard } from './sign-in-guard.service';
import { SignIn, type SignInOutcome } from './sign-in.service';

const REASON = 'sign-in';

@Injectable()
export class LoginService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(SignIn) private readonly signIn: SignIn,
  ) {}

  /**
   * The password is compared between two transactions, so that hashing holds no connection. What a comparison gave
   * is told only by the second one, under the lock of the door: of many attempts at once at most five learn
   * anything, the rest find it locked, the right password included.
   * @throws InvalidCredentials, AccountLocked, AccountSuspended, EmailNotVerified, NotAMember, MfaRequired
   */
  async login({ email: typed, password, tenantSlug, deviceToken }: LoginRequest): Promise<SessionResponse> {
    const email = normalizeEmail(typed);
    const { door, user } = await this.db.system(REASON, async () => {
      const door = await this.guard.outerDoor(email, deviceToken);
      await this.guard.look(door, new Date());
      return { door, user: await this.users.findByEmail(email) };
    });
    const matches = await this.passwords.matches(password, user?.passwordHash);
    const outcome = await this.db.system(REASON, () =>
      this.decide(door, matches ? user : undefined, tenantSlug),
    );
    if (!outcome) throw new InvalidCredentials();
    return this.signIn.answer(outcome);
  }

  /** Nothing after a failure, which is counted: throwing would take the count back. */
  private async decide(
    door: Door,
    proven: User | undefined,
    slug?: string,
  ): Promise<SignInOutcome | undefined> {
    const at = new Date();
    const held = await this.guard.enter(door, at);
    const user = proven && (await this.users.lockProven(proven));
    if (user) return this.signIn.finish(user, slug, ['pwd'], at, { door: held });
    await this.guard.fail(held, at);
    return undefined;
  }
}
