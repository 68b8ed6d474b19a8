import { Inject, Injectable } from '@nestjs/common';
import type { PasskeyOptionsResponse, PasskeySignInRequest, SessionResponse } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { UserRepository } from '../account/user.repository';
import { SignInGuard } from '../session/sign-in-guard.service';
import { SignIn, type SignInOutcome } from '../session/sign-in.service';
import { hashOfChallenge } from './challenge-token';
import { ChallengeRepository } from './challenge.repository';
import { Challenges } from './challenges.service';
import { FactorCheck } from './factor-check.service';
import { FactorRefused } from './mfa.errors';
import { PasskeyRepository } from './passkey.repository';
import { FactorRefusals } from './factor-refusals.service';
import { RelyingParty } from './relying-party';

const REASON = 'sign-in with a passkey';

/** Passkeys as first and second factor at once. Nobody says who they are before they prove it. */
@Injectable()
export class PasswordlessSignIn {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(SignInGuard) private readonly guard: SignInGuard,
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(ChallengeRepository) private readonly issued: ChallengeRepository,
    @Inject(PasskeyRepository) private readonly passkeys: PasskeyRepository,
    @Inject(FactorCheck) private readonly factors: FactorCheck,
    @Inject(FactorRefusals) private readonly refusals: FactorRefusals,
    @Inject(RelyingParty) private readonly party: RelyingParty,
  ) {}

  async options(): Promise<PasskeyOptionsResponse> {
    const { challenge, options } = await this.party.authentication();
    const { challengeToken, expiresAt } = await this.db.system(REASON, () =>
      this.challenges.issue('passwordless', { ceremony: challenge }, new Date()),
    );
    return { challengeToken, expiresAt: expiresAt.toISOString(), options };
  }

  /** @throws FactorRefused, AccountSuspended, EmailNotVerified, NotAMember */
  async verify(request: PasskeySignInRequest): Promise<SessionResponse> {
    const outcome = await this.db.system(REASON, () => this.judge(request, new Date()));
    if (!outcome) throw new FactorRefused();
    return this.signIn.answer(outcome);
  }

  /** Nothing after a failure. Whatever comes of it, the challenge is used up: one try each. */
  private async judge(
    { challengeToken, passkey, tenantSlug }: PasskeySignInRequest,
    at: Date,
  ): Promise<SignInOutcome | undefined> {
    const stored = await this.passkeys.findByCredential(passkey.id);
    const holder = stored && (await this.users.find(stored.userId));
    const door = holder && (await this.guard.hold(await this.guard.outerDoor(holder.email, undefined), at));
    const user = holder && (await this.users.lockToSignIn(holder.id));
    const challenge = await this.issued.take(hashOfChallenge(challengeToken), 'passwordless', at);
    if (!stored || !user || !door || !challenge?.ceremony) return undefined;
    const verdict = await this.factors.checkPasskey(stored, passkey, challenge.ceremony, at);
    if (verdict.kind === 'proved') return this.signIn.finish(user, tenantSlug, [verdict.method], at);
    // Anybody can send a known credential id with nonsense: only a copy of the key is the account's business.
    if (verdict.kind === 'cloned') await this.refusals.record(user, verdict, door, at);
    return undefined;
  }
}
