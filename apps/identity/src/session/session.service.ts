import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ACCESS_TOKEN_SECONDS,
  currentCaller,
  type MfaStanding,
  newId,
  type SessionResponse,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { CONFIG } from '@parley/platform';
import { toUserResponse, type User, UserRepository } from '../account/user.repository';
import type { IdentityConfig } from '../config';
import { AccessTokens } from '../keys/access-tokens.service';
import { MembershipRepository } from '../membership/membership.repository';
import { type MemberTenant, TenantRepository, toTenantResponse } from '../tenancy/tenant.repository';
import { MfaStandings } from '../mfa/mfa-standing.repository';
import { VerificationMails } from '../verification/verification-mails.service';
import { callerAddress } from './caller-address';
import { claimsOf, isSuperAdmin } from './claims';
import type { Proof } from './proof.repository';
import { hashOf, judgeRefresh, newRefreshToken, openSuccessor, sealSuccessor } from './refresh-token';
import { SessionEndings } from './session-endings.service';
import { AccountSuspended, EmailNotVerified, InvalidRefreshToken, NotAMember } from './session.errors';
import { type AuthSession, SessionRepository, type StoredToken } from './session.repository';

/** Whose a session is, and what its access tokens say. */
export interface SessionHolder {
  user: User;
  tenant: MemberTenant;
  sessionId: string;
  proof: Proof;
  mfa: MfaStanding | undefined;
}

/** Who is signed in where, before tokens are signed. */
export interface SignedIn extends SessionHolder {
  refreshToken: string;
  /** Of a device that was not known before. */
  deviceToken?: string;
}

type HeldSession = Pick<AuthSession, 'id' | 'tenantId' | 'userId' | 'authenticatedAt' | 'amr'>;

const DAY_MS = 86_400_000;

@Injectable()
export class SessionService {
  private readonly logger = new Logger(SessionService.name);

  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Database) private readonly db: Database,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(TenantRepository) private readonly tenants: TenantRepository,
    @Inject(MembershipRepository) private readonly memberships: MembershipRepository,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
    @Inject(MfaStandings) private readonly standings: MfaStandings,
    @Inject(SessionEndings) private readonly endings: SessionEndings,
  ) {}

  /**
   * Starts a session in the open system transaction. `SignIn.finish` decides whether one may start.
   * @throws AccountSuspended when the person or the tenant is, EmailNotVerified,
   * NotAMember when the membership ended meanwhile
   */
  async open(person: User, chosen: MemberTenant, at: Date, proof: Proof): Promise<SignedIn> {
    const standing = await this.memberships.hold(person.id, chosen.id);
    if (!standing) throw new NotAMember();
    const user = { ...person, status: standing.userStatus };
    const tenant = { ...chosen, role: standing.role, status: standing.tenantStatus };
    this.refuseUnfit(user, tenant);
    const session = { id: newId(), tenantId: tenant.id, userId: user.id, createdAt: at };
    const refreshToken = newRefreshToken();
    await this.sessions.add(
      {
        ...session,
        expiresAt: this.expiryOf(session, at),
        authenticatedAt: proof.at,
        amr: proof.methods,
      },
      callerAddress(),
      currentCaller(),
    );
    await this.sessions.addToken({ id: newId(), session, hash: hashOf(refreshToken), at });
    await this.noteRole(user, session.id);
    if (user.platformRole !== 'super_admin' && isSuperAdmin(user, this.config.ADMIN_EMAIL)) {
      this.logger.warn({ userId: user.id, sessionId: session.id }, 'super_admin granted by ADMIN_EMAIL');
    }
    const mfa = await this.standings.of(user.id, tenant.id);
    return { user, tenant, sessionId: session.id, refreshToken, proof, mfa };
  }

  /** Signs the access token; outside the transaction that made the session. */
  async respond(signedIn: SignedIn): Promise<SessionResponse> {
    return {
      accessToken: await this.sign(signedIn),
      refreshToken: signedIn.refreshToken,
      expiresIn: ACCESS_TOKEN_SECONDS,
      tokenType: 'Bearer',
      ...(signedIn.deviceToken ? { deviceToken: signedIn.deviceToken } : {}),
      user: toUserResponse(signedIn.user),
      tenant: toTenantResponse(signedIn.tenant),
    };
  }

  /** The access token alone. Outside a transaction. */
  async sign({ user, tenant, sessionId, proof, mfa }: SessionHolder): Promise<string> {
    return this.accessTokens.sign(claimsOf(user, tenant, sessionId, this.config.ADMIN_EMAIL, proof, mfa));
  }

  /** @throws InvalidRefreshToken, AccountSuspended, EmailNotVerified */
  async refresh(presented: string): Promise<SessionResponse> {
    const advance = await this.db.system('refresh', () => this.advance(presented, new Date()));
    if (advance && 'reused' in advance) await this.endReused(advance.reused);
    if (!advance || 'reused' in advance) throw new InvalidRefreshToken();
    return this.respond(advance);
  }

  /** Ends the caller's session; ending it twice is ending it once. */
  async logout(): Promise<void> {
    const { sessionId, userId } = currentCaller();
    if (!sessionId || !userId) throw new Unauthenticated('There is no session to end');
    // Across tenants: what was granted in this session ends with it.
    await this.db.system('logout', () => this.end(sessionId, userId, 'logout', new Date()));
  }

  private async advance(
    presented: string,
    at: Date,
  ): Promise<SignedIn | { reused: AuthSession } | undefined> {
    const hash = hashOf(presented);
    const session = await this.sessions.lockByToken(hash);
    const token = session && (await this.sessions.findToken(hash));
    if (!session || !token) return undefined;
    const verdict = judgeRefresh(session, token, at);
    if (verdict === 'ended') {
      // Whoever was signed out by a suspension is told of it.
      await this.holderOf(session);
      return undefined;
    }
    if (verdict === 'reuse') return { reused: session };
    const refreshToken =
      verdict === 'repeat' && token.successorEnc
        ? openSuccessor(presented, token.successorEnc)
        : await this.rotate(session, token, presented, at);
    return { ...(await this.holderOf(session)), refreshToken };
  }

  /** Of the family only one goes on: the session itself, or what somebody made of it by switching. */
  private async endReused({ id, userId }: AuthSession): Promise<void> {
    const ended = await this.db.system('reuse of a refresh token', async () => {
      if (!(await this.end(id, userId, 'refresh_token_reused', new Date()))) return false;
      const user = await this.users.find(userId);
      if (user) await this.mails.tell(user, 'session_reused');
      return true;
    });
    if (ended) this.logger.warn({ sessionId: id, userId }, 'refresh token reused: session revoked');
  }

  private async rotate(
    session: AuthSession,
    token: StoredToken,
    presented: string,
    at: Date,
  ): Promise<string> {
    const successor = newRefreshToken();
    await this.sessions.useToken(token, sealSuccessor(presented, successor), at);
    await this.sessions.addToken({ id: newId(), session, parentId: token.id, hash: hashOf(successor), at });
    await this.sessions.extend(session.id, this.expiryOf(session, at), at, callerAddress(), currentCaller());
    return successor;
  }

  /** The person and tenant of a session as they are now: roles may have changed since the last refresh. */
  async holderOf(session: HeldSession): Promise<SessionHolder> {
    const user = await this.users.find(session.userId);
    const tenant = (await this.tenants.ofMember(session.userId)).find(({ id }) => id === session.tenantId);
    if (!user || !tenant) throw new InvalidRefreshToken();
    this.refuseUnfit(user, tenant);
    await this.noteRole(user, session.id);
    const mfa = await this.standings.of(user.id, tenant.id);
    const proof = { at: session.authenticatedAt, methods: session.amr };
    return { user, tenant, sessionId: session.id, proof, mfa };
  }

  /**
   * Ends a session in the open transaction, and what it became by a switch of tenant meanwhile; false when it is not
   * the user's or over already. The person is locked first: a switch under way is waited for, not missed.
   */
  async end(id: string, userId: string, reason: string, at: Date): Promise<boolean> {
    await this.users.lock(userId);
    const familyId = await this.sessions.familyOf(id, userId);
    if (!familyId) return false;
    return (await this.endings.end({ userId, familyId }, reason, at)).length > 0;
  }

  /** For the sweep that ends sessions of who lost the role (`LostRoles`). */
  private async noteRole(user: User, sessionId: string): Promise<void> {
    if (isSuperAdmin(user, this.config.ADMIN_EMAIL)) await this.sessions.markSuperAdmin(sessionId);
  }

  private refuseUnfit(user: User, tenant: MemberTenant): void {
    if (user.status !== 'active' || tenant.status !== 'active') throw new AccountSuspended();
    if (this.config.REQUIRE_VERIFIED_EMAIL && !user.emailVerifiedAt) throw new EmailNotVerified();
  }

  private expiryOf({ createdAt }: Pick<AuthSession, 'createdAt'>, at: Date): Date {
    const { SESSION_IDLE_DAYS, SESSION_MAX_DAYS } = this.config;
    const idle = at.getTime() + SESSION_IDLE_DAYS * DAY_MS;
    return new Date(Math.min(idle, createdAt.getTime() + SESSION_MAX_DAYS * DAY_MS));
  }
}
