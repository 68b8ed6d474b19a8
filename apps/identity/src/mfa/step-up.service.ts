import { Inject, Injectable } from '@nestjs/common';
import {
  ACCESS_TOKEN_SECONDS,
  type PasskeyOptionsResponse,
  type StepUpRequest,
  type StepUpResponse,
  Unauthenticated,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { Passwords } from '../account/passwords.service';
import { type User, UserRepository } from '../account/user.repository';
import { AuditTrail } from '../audit/audit-trail';
import { actingInPerson, type ActingUser } from '../session/acting-user';
import { ProofRepository } from '../session/proof.repository';
import { type SessionHolder, SessionService } from '../session/session.service';
import { SignInGuard } from '../session/sign-in-guard.service';
import { hashOfChallenge } from './challenge-token';
import { ChallengeRepository } from './challenge.repository';
import { Challenges } from './challenges.service';
import { demandOne, type FactorVerdict, WRONG } from './factor-answer';
import { FactorCheck } from './factor-check.service';
import { ChallengeOver, FactorRefused, SecondFactorNeeded } from './mfa.errors';
import { PasskeyRepository } from './passkey.repository';
import { FactorRefusals } from './factor-refusals.service';
import { RelyingParty } from './relying-party';
import { MfaStandings } from './mfa-standing.repository';

const REASON = 'step-up';

type InSession = ActingUser & { sessionId: string };

/** Proves anew who holds a session, before something dangerous (ADR 0015). */
@Injectable()
export class StepUpService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(ProofRepository) private readonly proofs: ProofRepository,
    @Inject(MfaStandings) private readonly standings: MfaStandings,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(ChallengeRepository) private readonly issued: ChallengeRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(FactorCheck) private readonly factors: FactorCheck,
    @Inject(FactorRefusals) private readonly refusals: FactorRefusals,
    @Inject(RelyingParty) private readonly party: RelyingParty,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async passkeyOptions(): Promise<PasskeyOptionsResponse> {
    const { userId } = inSession();
    return this.db.system(REASON, async () => {
      const ceremony = await this.party.authentication(await this.passkeys.ofPerson(userId));
      const subject = { userId, ceremony: ceremony.challenge };
      const { challengeToken, expiresAt } = await this.challenges.issue('step_up', subject, new Date());
      return { challengeToken, expiresAt: expiresAt.toISOString(), options: ceremony.options };
    });
  }

  /**
   * Guesses count as at sign-in, for this session alone: what others guess outside keeps nobody from stepping up.
   * @throws OneAnswerOnly, SecondFactorNeeded, FactorRefused, AccountLocked
   */
  async stepUp(request: StepUpRequest): Promise<StepUpResponse> {
    demandOne(request, ['password', 'code', 'recoveryCode', 'passkey']);
    const acting = inSession();
    const compared =
      request.password === undefined ? undefined : await this.compare(acting, request.password);
    const holder = await this.db.system(REASON, () => this.judge(acting, request, compared, new Date()));
    if (!holder) throw new FactorRefused();
    return {
      accessToken: await this.sessions.sign(holder),
      expiresIn: ACCESS_TOKEN_SECONDS,
      tokenType: 'Bearer',
    };
  }

  /** Outside a transaction, so that hashing holds no connection. The hash that matched, or null. */
  private async compare({ userId, sessionId }: InSession, password: string): Promise<string | null> {
    const user = await this.db.system(REASON, async () => {
      const found = await this.users.find(userId);
      if (found) await this.guard.look(await this.guard.innerDoor(found, sessionId), new Date());
      return found;
    });
    const passwordHash = user?.passwordHash ?? null;
    return (await this.passwords.matches(password, passwordHash)) ? passwordHash : null;
  }

  /** Nothing after a failure, which is counted. */
  private async judge(
    acting: InSession,
    request: StepUpRequest,
    compared: string | null | undefined,
    at: Date,
  ): Promise<SessionHolder | undefined> {
    const { userId, sessionId } = acting;
    const found = await this.users.find(userId);
    if (!found) throw new Unauthenticated('This account has ended');
    const door = await this.guard.enter(await this.guard.innerDoor(found, sessionId), at);
    const user = (await this.users.lock(userId)) ?? found;
    const verdict =
      compared === undefined
        ? await this.checkFactor(user, request, at)
        : await this.checkPassword(user, compared);
    if (verdict.kind !== 'proved') {
      await this.refusals.record(user, verdict, door, at);
      return undefined;
    }
    const renewed = await this.proofs.renew(sessionId, userId, verdict.method, at);
    if (!renewed) throw new Unauthenticated('The session has ended');
    const { tenantId, methods } = renewed;
    const holder = await this.sessions.holderOf({
      id: sessionId,
      tenantId,
      userId,
      authenticatedAt: at,
      amr: methods,
    });
    await this.audit.record({
      action: 'session.stepped_up',
      resourceType: 'session',
      resourceId: sessionId,
      after: { method: verdict.method },
      tenantId,
    });
    return holder;
  }

  private async checkPassword(user: User, compared: string | null): Promise<FactorVerdict> {
    if ((await this.standings.methodsOf(user.id)).length > 0) throw new SecondFactorNeeded();
    return compared !== null && compared === user.passwordHash ? { kind: 'proved', method: 'pwd' } : WRONG;
  }

  private async checkFactor(user: User, request: StepUpRequest, at: Date): Promise<FactorVerdict> {
    if (!request.passkey) return this.factors.check(user.id, request, null, at);
    const hash = hashOfChallenge(request.challengeToken ?? '');
    const challenge = await this.issued.take(hash, 'step_up', at);
    if (challenge?.userId !== user.id) throw new ChallengeOver();
    return this.factors.check(user.id, request, challenge.ceremony, at);
  }
}

/** @throws Unauthenticated for callers without a session: service tokens among them */
function inSession(): InSession {
  const { sessionId, ...acting } = actingInPerson();
  if (!sessionId) throw new Unauthenticated('There is no session to step up');
  return { ...acting, sessionId };
}
