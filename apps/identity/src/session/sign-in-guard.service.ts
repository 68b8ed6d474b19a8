import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AuthMethod } from '@parley/contracts';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { TenantRepository } from '../tenancy/tenant.repository';
import { callerAddress } from './caller-address';
import { afterFailure, lockedForSeconds, type LoginGuard, OPEN_GUARD } from './lockout';
import { LoginGuardRepository } from './login-guard.repository';
import { AccountLocked } from './session.errors';

/** Counts guesses at one address, whatever was guessed at: password, code or passkey. In the system scope. */
@Injectable()
export class SignInGuard {
  private readonly logger = new Logger(SignInGuard.name);

  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(LoginGuardRepository) private readonly guards: LoginGuardRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * Nobody else decides about this address until the transaction ends. Before every other lock.
   * @throws AccountLocked
   */
  async enter(email: string, at: Date): Promise<LoginGuard> {
    const guard = await this.hold(email, at);
    refuseLocked(guard, at);
    return guard;
  }

  /** As `enter` for what cannot be guessed: the lock that others caused does not hold its owner up. */
  async hold(email: string, at: Date): Promise<LoginGuard> {
    return this.guards.lock(email, at);
  }

  /** @throws AccountLocked; to tell before work that is slow on purpose */
  async look(email: string, at: Date): Promise<void> {
    refuseLocked(await this.guards.find(email), at);
  }

  /**
   * Forgets what failed before, once the password and all that follows it were right. Call with the guard entered:
   * ways to sign in without guessing come without its lock, and leave it as it is.
   */
  async succeed({ id, email }: User, methods: readonly AuthMethod[], at: Date): Promise<void> {
    if (methods.includes('pwd')) await this.guards.save(email, OPEN_GUARD);
    await this.guards.record({ email, userId: id, ip: callerAddress(), succeeded: true, at });
  }

  /** To be committed: throwing would take the count back. */
  async fail(email: string, guard: LoginGuard, at: Date): Promise<void> {
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
}

export function refuseLocked(guard: LoginGuard, at: Date): void {
  const seconds = lockedForSeconds(guard, at);
  if (seconds > 0) throw new AccountLocked(seconds);
}
