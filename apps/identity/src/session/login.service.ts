import { Inject, Injectable, Logger } from '@nestjs/common';
import type { LoginRequest, SessionResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Passwords } from '../account/passwords.service';
import { AuditTrail } from '../audit/audit-trail';
import { normalizeEmail, type User, UserRepository } from '../account/user.repository';
import { type MemberTenant, TenantRepository } from '../tenancy/tenant.repository';
import { callerAddress } from './caller-address';
import { afterFailure, lockedForSeconds, type LoginGuard, OPEN_GUARD } from './lockout';
import { LoginGuardRepository } from './login-guard.repository';
import { AccountLocked, InvalidCredentials, NotAMember } from './session.errors';
import { SessionService, type SignedIn } from './session.service';

const REASON = 'sign-in';

@Injectable()
export class LoginService {
  private readonly logger = new Logger(LoginService.name);

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(LoginGuardRepository) private readonly guards: LoginGuardRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * The password is compared between two transactions, so that hashing holds no connection. What a comparison gave
   * is told only by the second one, under the lock of the address: of many attempts at once at most five learn
   * anything, the rest find the account locked, the right password included.
   * @throws InvalidCredentials, AccountLocked, AccountSuspended, EmailNotVerified, NotAMember
   */
  async login({ email: typed, password, tenantSlug }: LoginRequest): Promise<SessionResponse> {
    const email = normalizeEmail(typed);
    const user = await this.db.system(REASON, async () => {
      refuseLocked(await this.guards.find(email), new Date());
      return this.users.findByEmail(email);
    });
    const matches = await this.passwords.matches(password, user?.passwordHash);
    const signedIn = await this.db.system(REASON, () =>
      this.decide(email, matches ? user : undefined, tenantSlug),
    );
    if (!signedIn) throw new InvalidCredentials();
    return this.sessions.respond(signedIn);
  }

  /** Nothing after a failure, which is counted: throwing would take the count back. */
  private async decide(
    email: string,
    proven: User | undefined,
    slug?: string,
  ): Promise<SignedIn | undefined> {
    const at = new Date();
    const guard = await this.guards.lock(email, at);
    refuseLocked(guard, at);
    const user = proven && (await this.users.recordLogin(proven, at));
    if (!user) {
      await this.fail(email, guard, at);
      return undefined;
    }
    await this.guards.save(email, OPEN_GUARD);
    await this.guards.record({ email, userId: user.id, ip: callerAddress(), succeeded: true, at });
    const signedIn = await this.sessions.open(user, await this.tenantOf(user, slug), at);
    await this.audit.record({
      action: 'login.succeeded',
      resourceType: 'session',
      resourceId: signedIn.sessionId,
      tenantId: signedIn.tenant.id,
      actorUserId: user.id,
    });
    return signedIn;
  }

  private async fail(email: string, guard: LoginGuard, at: Date): Promise<void> {
    const next = afterFailure(guard, at);
    await this.guards.save(email, next);
    await this.guards.record({ email, userId: undefined, ip: callerAddress(), succeeded: false, at });
    if (!next.lockedUntil) return;
    this.logger.warn({ until: next.lockedUntil }, 'account locked after repeated failures');
    await this.recordLock(email, next.lockedUntil);
  }

  /** Only of accounts that exist: guessing at addresses must not fill a table that is never emptied. */
  private async recordLock(email: string, until: Date): Promise<void> {
    const user = await this.users.findByEmail(email);
    if (!user) return;
    const [tenant] = await this.tenants.ofMember(user.id);
    await this.audit.record({
      action: 'login.locked',
      resourceType: 'user',
      resourceId: user.id,
      after: { until },
      tenantId: tenant?.id ?? null,
    });
  }

  private async tenantOf(user: User, slug: string | undefined): Promise<MemberTenant> {
    const tenants = await this.tenants.ofMember(user.id);
    const tenant =
      slug === undefined
        ? (tenants.find(({ status }) => status === 'active') ?? tenants[0])
        : tenants.find((each) => each.slug === slug);
    if (!tenant) throw new NotAMember();
    return tenant;
  }
}

export function refuseLocked(guard: LoginGuard, at: Date): void {
  const seconds = lockedForSeconds(guard, at);
  if (seconds > 0) throw new AccountLocked(seconds);
}
