import { Inject, Injectable } from '@nestjs/common';
import type { AuthMethod, SessionResponse } from '@parley/contracts';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { Challenges, type IssuedChallenge } from '../mfa/challenges.service';
import { MfaRequired } from '../mfa/mfa.errors';
import { MfaStandings } from '../mfa/mfa-standing.repository';
import { type MemberTenant, TenantRepository } from '../tenancy/tenant.repository';
import type { Door } from './door';
import { KnownDevices } from './known-device.repository';
import { hasSecondFactor } from './proof.repository';
import { NotAMember } from './session.errors';
import { SessionService, type SignedIn } from './session.service';
import { SignInGuard } from './sign-in-guard.service';

export type SignInOutcome = SignedIn | IssuedChallenge;

export interface Entry {
  /** That guesses were counted at, and the device known by. */
  door?: Door;
  /** For the audit trail. */
  facts?: Record<string, string>;
}

/** The end of every way to sign in: the one place that decides between a session and a second factor. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(KnownDevices) private readonly devices: KnownDevices,
    @Inject(MfaStandings) private readonly standings: MfaStandings,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * In the open system transaction, after `methods` were proved. The guard of the door is not reset before the last
   * factor: with the password in hand, guessing at codes is still five tries in 15 minutes.
   * @param slug of the tenant to sign in to; the oldest membership in an active one by default
   * @throws NotAMember, AccountSuspended, EmailNotVerified
   */
  async finish(
    user: User,
    slug: string | undefined,
    methods: AuthMethod[],
    at: Date,
    { door, facts = {} }: Entry = {},
  ): Promise<SignInOutcome> {
    const tenant = await this.tenantOf(user, slug);
    const offered = hasSecondFactor(methods) ? [] : await this.standings.methodsOf(user.id);
    if (offered.length > 0) {
      const subject = { userId: user.id, amr: methods, ...(slug === undefined ? {} : { tenantSlug: slug }) };
      return { ...(await this.challenges.issue('sign_in', subject, at)), methods: offered };
    }
    await this.guard.succeed(user, methods, at, door);
    await this.users.recordLogin(user.id, at);
    const signedIn = await this.sessions.open(user, tenant, at, { at, methods });
    await this.audit.record({
      action: 'login.succeeded',
      resourceType: 'session',
      resourceId: signedIn.sessionId,
      after: { methods, ...facts },
      tenantId: signedIn.tenant.id,
      actorUserId: user.id,
    });
    return door?.deviceId === undefined
      ? { ...signedIn, deviceToken: await this.devices.add(user.id, at) }
      : signedIn;
  }

  /**
   * Outside the transaction.
   * @throws MfaRequired when a second factor is still to come
   */
  async answer(outcome: SignInOutcome): Promise<SessionResponse> {
    if ('challengeToken' in outcome) throw new MfaRequired(outcome);
    return this.sessions.respond(outcome);
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
