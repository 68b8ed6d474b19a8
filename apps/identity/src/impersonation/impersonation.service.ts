import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  currentCaller,
  emailRequestedV1,
  type Impersonation,
  type ImpersonationMode,
  type ImpersonationToken,
  impersonationStartedV1,
  MAX_IMPERSONATION_MINUTES,
  newId,
  type StartImpersonationRequest,
  Unauthenticated,
} from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import type { IdentityConfig } from '../config';
import { AccessTokens } from '../keys/access-tokens.service';
import { MembershipRepository } from '../membership/membership.repository';
import { actingInPerson } from '../session/acting-user';
import { callerAddress } from '../session/caller-address';
import { claimsOf, isSuperAdmin } from '../session/claims';
import { type MemberTenant, TenantRepository } from '../tenancy/tenant.repository';
import { ImpersonationEndings } from './impersonation-endings.service';
import { toImpersonation } from './impersonation-views';
import {
  ImpersonationNotFound,
  NobodyToImpersonate,
  NotASuperAdmin,
  NotImpersonable,
  SuperAdminsStandAlone,
} from './impersonation.errors';
import { ImpersonationRepository, type ImpersonationRow } from './impersonation.repository';

const REASON = 'impersonation';
const DEFAULT_MODE: ImpersonationMode = 'read';
/** A grant that ends sooner is not given again: a gateway would have to ask anew at once. */
const WORTH_SHARING_MS = 2 * 60_000;

/** Grants to act as somebody else: super admins only, with a reason, for half an hour, without a refresh token. */
@Injectable()
export class ImpersonationService implements OnModuleInit {
  private readonly logger = new Logger(ImpersonationService.name);

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(ImpersonationRepository) private readonly grants: ImpersonationRepository,
    @Inject(ImpersonationEndings) private readonly endings: ImpersonationEndings,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('identity.impersonations', '* * * * *', () => this.sweep());
  }

  /**
   * Asked again for what it has just granted, such as by a second gateway for the header of design 004, it gives that
   * grant: one line in the trail and one mail to the owner, however many ask at once. Who names minutes gets their own.
   * @throws NotASuperAdmin, SuperAdminsStandAlone, NobodyToImpersonate, NotImpersonable,
   * Forbidden while impersonating, Unauthenticated when the granting session is over
   */
  async start(request: StartImpersonationRequest): Promise<ImpersonationToken> {
    const { userId: impersonatorId, sessionId } = actingInPerson();
    if (!sessionId) throw new Unauthenticated('There is no session to grant from');
    const at = new Date();
    const { user, tenant, row } = await this.db.system(REASON, async () => {
      await this.grants.takeTurn(sessionId, request.userId, request.mode ?? DEFAULT_MODE);
      const impersonator = await this.superAdmin(impersonatorId);
      const { user, tenant } = await this.subject(request);
      if (!(await this.grants.holdSession(sessionId, impersonatorId, at)))
        throw new Unauthenticated('The session has ended');
      const row =
        (await this.standing(request, sessionId, tenant.id, at)) ??
        (await this.grant(request, { impersonator, sessionId, user, tenant, at }));
      return { user, tenant, row };
    });
    const claims = claimsOf(user, tenant, row.sessionId, []);
    const accessToken = await this.accessTokens.sign(
      {
        ...claims,
        roles: [tenant.role],
        imp: impersonatorId,
        iid: row.id,
        imode: row.mode,
      },
      row.expiresAt,
    );
    const expiresIn = Math.max(1, Math.floor((row.expiresAt.getTime() - Date.now()) / 1000));
    return { accessToken, tokenType: 'Bearer', expiresIn, impersonation: toImpersonation(row) };
  }

  /** @throws ImpersonationNotFound */
  async end(id: string): Promise<Impersonation> {
    const { userId } = actingInPerson();
    return this.db.system(REASON, async () => {
      await this.endings.endOne(id, userId, new Date());
      const row = await this.grants.find(id);
      if (!row) throw new ImpersonationNotFound();
      return toImpersonation(row);
    });
  }

  /** Closes what expired, and ends what a super admin gave who is none any more. */
  async sweep(): Promise<void> {
    const at = new Date();
    await this.db.system(REASON, async () => {
      await this.endings.expire(at);
      for (const id of await this.grants.impersonators()) {
        const user = await this.users.find(id);
        if (user && this.isFit(user)) continue;
        this.logger.warn({ impersonatorId: id }, 'no super admin any more: impersonations end');
        await this.endings.endAllOf(id, 'role_lost', at);
      }
    });
  }

  isFit(user: User): boolean {
    return user.status === 'active' && isSuperAdmin(user, this.config.ADMIN_EMAIL);
  }

  /** As the database has them now: the token may be an hour old. */
  private async superAdmin(id: string): Promise<User> {
    await this.grants.holdPerson(id);
    const user = await this.users.find(id);
    if (!user || !this.isFit(user)) throw new NotASuperAdmin();
    return user;
  }

  private async subject({
    userId,
    tenantId,
  }: StartImpersonationRequest): Promise<{ user: User; tenant: MemberTenant }> {
    const user = await this.users.find(userId);
    if (!user) throw new NobodyToImpersonate();
    if (isSuperAdmin(user, this.config.ADMIN_EMAIL)) throw new SuperAdminsStandAlone();
    const all = await this.tenants.ofMember(userId);
    const tenant = tenantId
      ? all.find(({ id }) => id === tenantId)
      : (all.find(({ status }) => status === 'active') ?? all[0]);
    const standing = tenant && (await this.memberships.hold(userId, tenant.id));
    if (!tenant || !standing) throw new NobodyToImpersonate();
    if (standing.userStatus !== 'active' || standing.tenantStatus !== 'active') throw new NotImpersonable();
    return { user, tenant: { ...tenant, role: standing.role } };
  }

  private async standing(
    { userId, mode = DEFAULT_MODE, reason, minutes }: StartImpersonationRequest,
    grantingSessionId: string,
    tenantId: string,
    at: Date,
  ): Promise<ImpersonationRow | undefined> {
    if (minutes !== undefined) return undefined;
    const expiresAfter = new Date(at.getTime() + WORTH_SHARING_MS);
    return this.grants.findLive({ grantingSessionId, tenantId, userId, mode, reason, expiresAfter });
  }

  private async grant(
    { mode = DEFAULT_MODE, reason, minutes = MAX_IMPERSONATION_MINUTES }: StartImpersonationRequest,
    {
      impersonator,
      sessionId,
      user,
      tenant,
      at,
    }: { impersonator: User; sessionId: string; user: User; tenant: MemberTenant; at: Date },
  ): Promise<ImpersonationRow> {
    const id = newId();
    // Tokens tell whole seconds: the row and the token end together.
    const expiresAt = new Date(Math.floor(at.getTime() / 1000 + minutes * 60) * 1000);
    const grant = {
      id,
      tenantId: tenant.id,
      userId: user.id,
      impersonatorId: impersonator.id,
      sessionId: newId(),
      grantingSessionId: sessionId,
      mode,
      reason,
      startedAt: at,
      expiresAt,
    };
    await this.grants.add(grant, callerAddress(), currentCaller().userAgent);
    await this.outbox.add(
      impersonationStartedV1,
      {
        impersonationId: id,
        impersonatorId: impersonator.id,
        userId: user.id,
        mode,
        reason,
        expiresAt: expiresAt.toISOString(),
      },
      { subject: id, tenantId: tenant.id },
    );
    await this.tellOwner(tenant.id, impersonator.name, reason, minutes);
    this.logger.warn(
      { impersonationId: id, impersonatorId: impersonator.id, subject: user.id, mode },
      'impersonation started',
    );
    await this.audit.record({
      action: 'impersonation.started',
      resourceType: 'impersonation',
      resourceId: id,
      after: { userId: user.id, mode, reason, expiresAt },
      tenantId: tenant.id,
      impersonationId: id,
      impersonatorId: impersonator.id,
    });
    const row = await this.grants.find(id);
    if (!row) throw new ImpersonationNotFound();
    return row;
  }

  private async tellOwner(tenantId: string, actor: string, reason: string, minutes: number): Promise<void> {
    const ownerId = await this.grants.ownerOf(tenantId);
    const owner = ownerId && (await this.users.find(ownerId));
    if (!owner) return;
    const { id: userId, email: to, locale, name } = owner;
    await this.outbox.add(
      emailRequestedV1,
      { userId, to, locale, name, template: 'impersonation_started', actor, reason, validMinutes: minutes },
      { subject: userId, tenantId },
    );
  }
}
