import { Controller } from '@nestjs/common';
import {
  getReferralCode,
  getReferralStats,
  listOwnPayouts,
  listReferrals,
  type ListReferralsRequest,
  type Nothing,
  type PageRequest,
  type PayoutPage,
  type PayoutRequestBody,
  type PayoutResponse,
  type RecordedSignup,
  recordReferralSignup,
  type RecordSignupRequest,
  type ReferralCodeResponse,
  type ReferralPage,
  type ReferralStats,
  requestPayout,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ReferralCodes } from './codes.service';
import { OwnReferrals } from './own-referrals.read-model';
import { Payouts } from './payouts.service';
import { Signups } from './signups.service';

@Controller()
export class ReferralsController {
  constructor(
    private readonly codes: ReferralCodes,
    private readonly signups: Signups,
    private readonly own: OwnReferrals,
    private readonly payouts: Payouts,
  ) {}

  @Handles(getReferralCode)
  code(_request: Nothing): Promise<ReferralCodeResponse> {
    return this.codes.mine();
  }

  @Handles(recordReferralSignup)
  recordSignup(request: RecordSignupRequest): Promise<RecordedSignup> {
    return this.signups.request(request);
  }

  @Handles(listReferrals)
  list(request: ListReferralsRequest): Promise<InstanceType<typeof ReferralPage>> {
    return this.own.list(request);
  }

  @Handles(getReferralStats)
  stats(_request: Nothing): Promise<ReferralStats> {
    return this.own.stats();
  }

  @Handles(requestPayout)
  requestPayout(request: PayoutRequestBody): Promise<PayoutResponse> {
    return this.payouts.request(request);
  }

  @Handles(listOwnPayouts)
  ownPayouts(request: PageRequest): Promise<InstanceType<typeof PayoutPage>> {
    return this.own.payouts(request);
  }
}
