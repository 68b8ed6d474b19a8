import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AuthMethod } from '@parley/contracts';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { TenantRepository } from '../tenancy/tenant.repository';
import { callerAddress } from './caller-address';
import { type Door, networkOf } from './door';
import { KnownDevices } from './known-device.repository';
import {
  ACCOUNT_FAILURE_LIMIT,
  afterFailure,
  lockedForSeconds,
  type LoginGuard,
  OPEN_GUARD,
} from './lockout';
import { LoginGuardRepository } from './login-guard.repository';
import { AccountLocked } from './session.errors';
import { SessionRepository } from './session.repository';

/** A door whose guards nobody else decides at until the transaction ends. */
export interface HeldDoor extends Door {
  guard: LoginGuard;
  /** Of the account at all networks together; strangers only. */
  account?: LoginGuard;
}

/** Counts guesses at one account, whatever was guessed at: password, code or passkey. In the system scope. */
@Injectable()
export class SignInGuard {
  private readonly logger = new Logger(SignInGuard.name);

  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(LoginGuardRepository) private readonly guards: LoginGuardRepository,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Of who signs in: that of their device when the account knows it, else that of their network. */
  async outerDoor(email: string, deviceToken: string | undefined): Promise<Door> {
    const deviceId = deviceToken === undefined ? undefined : await this.devices.find(email, deviceToken);
    return deviceId === undefined
      ? { email, kind: 'network', place: `network:${networkOf(callerAddress())}` }
      : { email, kind: 'device', place: `device:${deviceId}`, deviceId };
  }

  /** Of who is inside: all sessions that became each other by switching tenants are one. */
  async innerDoor({ id, email }: User, sessionId: string | undefined): Promise<Door> {
    const family = sessionId && (await this.sessions.familyOf(sessionId, id));
    return family ? { email, kind: 'session', place: `session:${family}` } : this.outerDoor(email, undefined);
  }

  /**
   * Nobody else decides at this door until the transaction ends. Before every other lock.
   * @throws AccountLocked
   */
  async enter(door: Door, at: Date): Promise<HeldDoor> {
    const held = await this.hold(door, at);
    refuseLocked(held, at);
    return held;
  }

  /** As `enter` for what cannot be guessed: the lock that others caused does not hold its owner up. */
  async hold(door: Door, at: Date): Promise<HeldDoor> {
    const { email } = door;
    const account = door.kind === 'network' ? await this.guards.lock({ email }, at) : undefined;
    const guard = await this.guards.lock(door, at);
    return { ...door, guard, ...(account ? { account } : {}) };
  }

  /** @throws AccountLocked; to tell before work that is slow on purpose */
  async look(door: Door, at: Date): Promise<void> {
    const { email } = door;
    const account = door.kind === 'network' ? await this.guards.find({ email }) : OPEN_GUARD;
    refuseLocked({ account, guard: await this.guards.find(door) }, at);
  }

  /**
   * Forgets what failed at this door before, once the password and all that follows it were right; what strangers
   * failed at elsewhere stays. Ways to sign in without guessing come without a door, or leave it as it is.
   */
  async succeed(
    { id, email }: User,
    methods: readonly AuthMethod[],
    at: Date,
    door: Door | undefined,
  ): Promise<void> {
    if (door && methods.includes('pwd')) await this.guards.save(door, OPEN_GUARD);
    if (door?.deviceId !== undefined) await this.devices.touch(door.deviceId, at);
    await this.guards.record({ email, userId: id, ip: callerAddress(), succeeded: true, at });
  }

  /** To be committed: throwing would take the count back. */
  async fail(door: HeldDoor, at: Date, userId?: string): Promise<void> {
    const { email, kind, guard, account } = door;
    const next = afterFailure(guard, at);
    await this.guards.save(door, next);
    await this.guards.record({ email, userId, ip: callerAddress(), succeeded: false, at });
    if (isNewLock(guard, next)) await this.tellLock(email, kind, next.lockedUntil);
    if (!account) return;
    const whole = afterFailure(account, at, ACCOUNT_FAILURE_LIMIT);
    await this.guards.save({ email }, whole);
    if (isNewLock(account, whole)) await this.tellLock(email, 'account', whole.lockedUntil);
  }

  /** Only of accounts that exist: guessing at addresses must not fill a table that is never emptied. */
  private async tellLock(email: string, scope: Door['kind'] | 'account', until: Date | null): Promise<void> {
    this.logger.warn({ scope, until }, 'account locked after repeated failures');
    const user = await this.users.findByEmail(email);
    if (!user) return;
    const [tenant] = await this.tenants.ofMember(user.id);
    await this.audit.record({
      action: 'login.locked',
      resourceType: 'user',
      resourceId: user.id,
      after: { until, scope },
      tenantId: tenant?.id ?? null,
    });
  }
}

const isNewLock = (before: LoginGuard, after: LoginGuard): boolean =>
  after.lockedUntil !== null && after !== before;

function refuseLocked({ guard, account }: Pick<HeldDoor, 'guard' | 'account'>, at: Date): void {
  const seconds = Math.max(lockedForSeconds(guard, at), account ? lockedForSeconds(account, at) : 0);
  if (seconds > 0) throw new AccountLocked(seconds);
}
