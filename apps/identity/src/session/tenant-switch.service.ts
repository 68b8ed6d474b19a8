import { Inject, Injectable } from '@nestjs/common';
import { type SessionResponse, Unauthenticated } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { UserRepository } from '../account/user.repository';
import { AgencyEntry } from '../agency/agency-entry.service';
import type { IdentityConfig } from '../config';
import { TenantNotFound } from '../membership/membership.errors';
import { type MemberTenant, TenantRepository } from '../tenancy/tenant.repository';
import { actingInPerson } from './acting-user';
import { type Proof, ProofRepository } from './proof.repository';
import { SWITCHED } from './refresh-token';
import { SessionEndings } from './session-endings.service';
import { AlreadyThere } from './session.errors';
import { SessionService } from './session.service';

@Injectable()
export class TenantSwitch {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
    @Inject(ProofRepository) private readonly proofs: ProofRepository,
    @Inject(AgencyEntry) private readonly agencies: AgencyEntry,
  ) {}

  /**
   * One session becomes another in the chosen tenant, as old as the first: switching prolongs nothing. An access token is
   * enough, so the two stay one family: the tokens of the first that come back end what it became.
   * @throws AlreadyThere, TenantNotFound when the caller is no member, AccountSuspended, Unauthenticated
   */
  async switchTo(tenantId: string): Promise<SessionResponse> {
    const { userId, sessionId, tenantId: current } = actingInPerson();
    if (!sessionId) throw new Unauthenticated('There is no session to switch');
    if (tenantId === current) throw new AlreadyThere();
    const at = new Date();
    const signedIn = await this.db.system('switch of tenant', async () => {
      const user = await this.users.find(userId);
      const tenant = await this.find(userId, tenantId);
      if (!user || !tenant) throw new TenantNotFound();
      const opened = await this.sessions.open(user, tenant, at, await this.proofOf(sessionId));
      const [left] = await this.endings.end({ id: sessionId, userId }, SWITCHED, at, [
        {
          action: 'tenant.entered',
          resourceType: 'session',
          resourceId: opened.sessionId,
          after: { role: tenant.role, agencyId: tenant.viaAgency ?? null },
          tenantId,
        },
      ]);
      if (!left) throw new Unauthenticated('The session has ended');
      await this.follow(opened.sessionId, sessionId);
      return opened;
    });
    return this.sessions.respond(signedIn);
  }

  /** As old as the one before, over when that would have been, and of its family: whoever reuses its tokens ends both. */
  private async follow(id: string, former: string): Promise<void> {
    await this.db.execute(
      `UPDATE auth_sessions s SET created_at = f.created_at, expires_at = least(s.expires_at, f.created_at + $3 * interval '1 day'),
         family_id = coalesce(f.family_id, f.id) FROM auth_sessions f WHERE s.id = $1 AND f.id = $2`,
      [id, former, this.config.SESSION_MAX_DAYS],
    );
  }

  /** Switching proves nothing: the new session knows what the one before it knew. */
  private async proofOf(sessionId: string): Promise<Proof> {
    const proof = await this.proofs.find(sessionId);
    if (!proof) throw new Unauthenticated('The session has ended');
    return proof;
  }

  /** Where the person is a member, or may come in for their agency. */
  private async find(userId: string, tenantId: string): Promise<MemberTenant | undefined> {
    const member = async () => (await this.tenants.ofMember(userId)).find(({ id }) => id === tenantId);
    return (await member()) ?? ((await this.agencies.admit(userId, tenantId)) ? member() : undefined);
  }
}
