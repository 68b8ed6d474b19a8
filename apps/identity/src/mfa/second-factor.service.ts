import { Inject, Injectable } from '@nestjs/common';
import type {
  MfaChallengeRequest,
  PasskeyOptionsResponse,
  SessionResponse,
  VerifyMfaRequest,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type User, UserRepository } from '../account/user.repository';
import { type HeldDoor, SignInGuard } from '../session/sign-in-guard.service';
import { SignIn, type SignInOutcome } from '../session/sign-in.service';
import { hashOfChallenge } from './challenge-token';
import { ChallengeRepository } from './challenge.repository';
import { demandOne, type FactorAnswer } from './factor-answer';
import { FactorCheck } from './factor-check.service';
import { ChallengeOver, FactorRefused } from './mfa.errors';
import { PasskeyRepository } from './passkey.repository';
import { FactorRefusals } from './factor-refusals.service';
import { RelyingParty } from './relying-party';

const REASON = 'second factor';

interface Answering {
  user: User;
  door: HeldDoor;
}

/** The second half of a sign-in. */
@Injectable()
export class SecondFactor {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(ChallengeRepository) private readonly challenges: ChallengeRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(FactorCheck) private readonly factors: FactorCheck,
    @Inject(FactorRefusals) private readonly refusals: FactorRefusals,
    @Inject(RelyingParty) private readonly party: RelyingParty,
  ) {}

  /** @throws OneAnswerOnly, ChallengeOver, FactorRefused, AccountLocked, AccountSuspended */
  async verify({ challengeToken, deviceToken, ...answer }: VerifyMfaRequest): Promise<SessionResponse> {
    demandOne(answer, ['code', 'recoveryCode', 'passkey']);
    const hash = hashOfChallenge(challengeToken);
    const outcome = await this.db.system(REASON, () => this.judge(hash, answer, deviceToken, new Date()));
    if (!outcome) throw new FactorRefused();
    return this.signIn.answer(outcome);
  }

  /** @throws ChallengeOver, AccountLocked */
  async passkeyOptions({
    challengeToken,
    deviceToken,
  }: MfaChallengeRequest): Promise<PasskeyOptionsResponse> {
    const at = new Date();
    const hash = hashOfChallenge(challengeToken);
    return this.db.system(REASON, async () => {
      const { user } = await this.enter(hash, deviceToken, at);
      const challenge = await this.challenges.lock(hash, 'sign_in', at);
      if (!challenge) throw new ChallengeOver();
      const ceremony = await this.party.authentication(await this.passkeys.ofPerson(user.id));
      await this.challenges.setCeremony(challenge.id, ceremony.challenge);
      const { expiresAt } = challenge;
      return { challengeToken, expiresAt: expiresAt.toISOString(), options: ceremony.options };
    });
  }

  /** Nothing after a failure, which is counted. */
  private async judge(
    hash: Buffer,
    answer: FactorAnswer,
    deviceToken: string | undefined,
    at: Date,
  ): Promise<SignInOutcome | undefined> {
    const { user, door } = await this.enter(hash, deviceToken, at);
    const challenge = await this.challenges.lock(hash, 'sign_in', at);
    if (!challenge) throw new ChallengeOver();
    const verdict = await this.factors.check(user.id, answer, challenge.ceremony, at);
    if (verdict.kind !== 'proved') {
      await this.challenges.fail(challenge.id, at);
      await this.refusals.record(user, verdict, door, at);
      return undefined;
    }
    await this.challenges.consume(challenge.id, at);
    const methods = [...challenge.amr, verdict.method];
    return this.signIn.finish(user, challenge.tenantSlug ?? undefined, methods, at, { door });
  }

  /** Guard, then person, then challenge: the order of every sign-in. */
  private async enter(hash: Buffer, deviceToken: string | undefined, at: Date): Promise<Answering> {
    const challenge = await this.challenges.find(hash, 'sign_in', at);
    const holder = challenge?.userId && (await this.users.find(challenge.userId));
    if (!holder) throw new ChallengeOver();
    const door = await this.guard.enter(await this.guard.outerDoor(holder.email, deviceToken), at);
    const user = await this.users.lockToSignIn(holder.id);
    if (!user) throw new ChallengeOver();
    return { user, door };
  }
}
