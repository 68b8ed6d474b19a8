import { Injectable } from '@nestjs/common';
import {
  currentCaller,
  newId,
  type RecordedSignup,
  type RecordSignupRequest,
  referralRecordedV1,
  type ReferralSource,
} from '@parley/contracts';
import { Jobs, Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { Prints } from '@parley/platform';
import { tenantOfCaller } from '../tenant-of-caller';
import { CodesRepository, type ReferralCode } from './codes.repository';
import { personOfCaller } from './person-of-caller';
import { type Program, ProgramRepository } from './program.repository';
import {
  AlreadyReferred,
  ReferralCodeInactive,
  ReferralCodeUnknown,
  ReferralsClosed,
  ReferralTooLate,
  SelfReferral,
} from './referral.errors';
import { normalizeCode } from './referral-code';
import { type Referral, ReferralsRepository } from './referrals.repository';
import { settleKey, settleReferral } from './settle.job';
import { SightingsRepository } from './sightings.repository';
import { TenantAges } from './tenant-ages.read-model';

/** After so long a tenant did not come by a code (C-79). */
const SIGNUP_DAYS = 30;
const DAY_MS = 86_400_000;

export interface Signup {
  readonly code: string;
  readonly tenantId: string;
  readonly userId: string | undefined;
  /** Print of the network it came from, where that is known. */
  readonly network: string | undefined;
  readonly source: ReferralSource;
}

@Injectable()
export class Signups {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly prints: Prints,
    private readonly codes: CodesRepository,
    private readonly programs: ProgramRepository,
    private readonly referrals: ReferralsRepository,
    private readonly sightings: SightingsRepository,
    private readonly ages: TenantAges,
  ) {}

  /** Asked for by somebody who signed in, for the tenant they are in. */
  async request({ code }: RecordSignupRequest): Promise<RecordedSignup> {
    const userId = personOfCaller();
    const tenantId = tenantOfCaller();
    const network = this.prints.ofNetwork(currentCaller().ip);
    const referral = await this.record({ code, tenantId, userId, network, source: 'request' });
    return { referralId: referral.id, signedUpAt: referral.signedUpAt.toISOString() };
  }

  /**
   * Once per tenant, whoever asks and however many ask at once.
   * @throws ReferralCodeUnknown, ReferralCodeInactive, ReferralsClosed, SelfReferral, ReferralTooLate, AlreadyReferred
   */
  async record(signup: Signup): Promise<Referral> {
    const { code, program } = await this.database.system('whose referral code it is', () =>
      this.check(signup),
    );
    return this.database.forTenant(code.tenantId, async () => {
      const locked = await this.codes.lock(code.userId);
      if (!locked?.isActive) throw new ReferralCodeInactive();
      const referral = newReferral(signup, locked, program);
      if (!(await this.referrals.add(referral))) throw new AlreadyReferred();
      await this.watch(referral, program);
      await this.referrals.save(referral);
      await this.tell(referral);
      // It may have paid before anybody knew who referred it.
      const { referredTenantId: payingTenantId, tenantId } = referral;
      await this.jobs.enqueue(
        settleReferral,
        { payingTenantId },
        { tenantId, key: settleKey(payingTenantId) },
      );
      return referral;
    });
  }

  private async check(signup: Signup): Promise<{ code: ReferralCode; program: Program }> {
    const { tenantId, userId } = signup;
    const code = await this.codes.findByCode(normalizeCode(signup.code));
    if (!code) throw new ReferralCodeUnknown();
    if (!code.isActive) throw new ReferralCodeInactive();
    const program = await this.programs.current();
    if (!program.enabled) throw new ReferralsClosed();
    if (code.tenantId === tenantId || code.userId === userId) throw new SelfReferral();
    if (await this.sightings.isMember(tenantId, code.userId)) throw new SelfReferral();
    if (await this.referrals.findByReferred(tenantId)) throw new AlreadyReferred();
    const openedAt = await this.ages.openedAt(tenantId);
    if (openedAt && Date.now() - openedAt.getTime() > SIGNUP_DAYS * DAY_MS)
      throw new ReferralTooLate(SIGNUP_DAYS);
    return { code, program };
  }

  /** What looks like fraud is recorded all the same: it holds, it does not refuse. */
  private async watch(referral: Referral, program: Program): Promise<void> {
    const { tenantId, network, codeId } = referral;
    if (network && (await this.sightings.hasNetwork(tenantId, network))) {
      await this.referrals.addSignal(referral, {
        kind: 'network',
        seenIn: tenantId,
        reason: 'Signed up from a network that the referrer’s tenant uses',
        evidence: {},
      });
      referral.review = 'open';
    }
    const signups = await this.referrals.countSince(codeId, new Date(Date.now() - DAY_MS));
    if (signups > program.maxDailySignups) {
      await this.referrals.addSignal(referral, {
        kind: 'velocity',
        seenIn: codeId,
        reason: `${signups} signed up with this code within a day, more than ${program.maxDailySignups}`,
        evidence: { signups, maxDailySignups: program.maxDailySignups },
      });
      referral.review = 'open';
    }
  }

  private async tell(referral: Referral): Promise<void> {
    const {
      id: referralId,
      referrerUserId,
      referredTenantId,
      source,
      review,
      signedUpAt,
      tenantId,
    } = referral;
    await this.outbox.add(
      referralRecordedV1,
      {
        referralId,
        referrerUserId,
        referredTenantId,
        source,
        underReview: review === 'open',
        signedUpAt: signedUpAt.toISOString(),
      },
      { subject: referralId, tenantId },
    );
  }
}

function newReferral(signup: Signup, code: ReferralCode, program: Program): Referral {
  const { currency, initialBonusCents, commissionBps, recurringMonths, holdDays, version } = program;
  return {
    id: newId(),
    tenantId: code.tenantId,
    codeId: code.id,
    referrerUserId: code.userId,
    referredTenantId: signup.tenantId,
    referredUserId: signup.userId ?? null,
    source: signup.source,
    network: signup.network ?? null,
    termsVersion: version,
    currency,
    initialBonusCents,
    commissionBps,
    recurringMonths,
    holdDays,
    signedUpAt: new Date(),
    status: 'signed_up',
    review: 'none',
    subscribedAt: null,
  };
}
