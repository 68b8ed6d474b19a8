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
import { SessionEndings } from './session-endings.service';
import { SessionService } from './session.service';

const DAY_MS = 86_400_000;

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
   * One session becomes another in the chosen tenant, as old as the first: switching prolongs nothing.
   * @throws TenantNotFound when the caller is no member, AccountSuspended, Unauthenticated
   */
  async switchTo(tenantId: string): Promise<SessionResponse> {
    const { userId, sessionId } = actingInPerson();
    if (!sessionId) throw new Unauthenticated('There is no session to switch');
    const at = new Date();
    const signedIn = await this.db.system('switch of tenant', async () => {
      const user = await this.users.find(userId);
      const tenant = await this.find(userId, tenantId);
      if (!user || !tenant) throw new TenantNotFound();
      const opened = await this.sessions.open(user, tenant, at, await this.proofOf(sessionId));
      const [left] = await this.endings.end({ id: sessionId, userId }, 'tenant_switched', at, [
        {
          action: 'tenant.entered',
          resourceType: 'session',
          resourceId: opened.sessionId,
          after: { role: tenant.role, agencyId: tenant.viaAgency ?? null },
          tenantId,
        },
      ]);
      if (!left) throw new Unauthenticated('The session has ended');
      const latest = new Date(left.createdAt.getTime() + this.config.SESSION_MAX_DAYS * DAY_MS);
      await this.db.execute(
        'UPDATE auth_sessions SET created_at = $2, expires_at = least(expires_at, $3) WHERE id = $1',
        [opened.sessionId, left.createdAt, latest],
      );
      return opened;
    });
    return this.sessions.respond(signedIn);
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
