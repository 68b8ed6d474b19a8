import { Controller } from '@nestjs/common';
import {
  type AdminPayoutPage,
  type AdminPayoutResponse,
  type AdminReferralPage,
  approvePayout,
  clearReferralSignals,
  type DecideSignalsRequest,
  editReferralCode,
  type EditReferralCodeRequest,
  editReferralSettings,
  getReferral,
  getReferralSettings,
  listAllReferrals,
  type ListAllReferralsRequest,
  listPayouts,
  type ListPayoutsRequest,
  markPayoutPaid,
  type MarkPayoutPaidRequest,
  type Nothing,
  type PayoutIdParam,
  type PayoutMethod,
  type ReferralCodeResponse,
  type ReferralDetails,
  type ReferralIdParam,
  type ReferralParam,
  type ReferralSettingsEdit,
  type ReferralSettingsResponse,
  rejectPayout,
  type RejectPayoutRequest,
  rejectReferral,
  revealPayoutMethod,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { AllReferrals } from './all-referrals.read-model';
import { ReferralCodes } from './codes.service';
import { PayoutReviews } from './payout-reviews.service';
import { ReferralProgram } from './program.service';
import { Reviews } from './reviews.service';

@Controller()
export class ReferralAdminController {
  constructor(
    private readonly program: ReferralProgram,
    private readonly codes: ReferralCodes,
    private readonly all: AllReferrals,
    private readonly reviews: Reviews,
    private readonly payouts: PayoutReviews,
  ) {}

  @Handles(getReferralSettings)
  settings(_request: Nothing): Promise<ReferralSettingsResponse> {
    return this.program.get();
  }

  @Handles(editReferralSettings)
  editSettings(request: ReferralSettingsEdit): Promise<ReferralSettingsResponse> {
    return this.program.edit(request);
  }

  @Handles(editReferralCode)
  editCode(request: EditReferralCodeRequest): Promise<ReferralCodeResponse> {
    return this.codes.edit(request);
  }

  @Handles(listAllReferrals)
  list(request: ListAllReferralsRequest): Promise<InstanceType<typeof AdminReferralPage>> {
    return this.all.list(request);
  }

  @Handles(getReferral)
  get({ id }: ReferralParam): Promise<ReferralDetails> {
    return this.all.get(id);
  }

  @Handles(clearReferralSignals)
  async clearSignals(request: DecideSignalsRequest): Promise<ReferralDetails> {
    await this.reviews.clear(request);
    return this.all.get(request.id);
  }

  @Handles(rejectReferral)
  async rejectSignals(request: DecideSignalsRequest): Promise<ReferralDetails> {
    await this.reviews.reject(request);
    return this.all.get(request.id);
  }

  @Handles(listPayouts)
  listPayouts(request: ListPayoutsRequest): Promise<InstanceType<typeof AdminPayoutPage>> {
    return this.all.payouts(request);
  }

  @Handles(revealPayoutMethod)
  method({ id }: PayoutIdParam): Promise<PayoutMethod> {
    return this.payouts.revealMethod(id);
  }

  @Handles(approvePayout)
  approve({ id }: ReferralIdParam): Promise<AdminPayoutResponse> {
    return this.payouts.approve(id);
  }

  @Handles(rejectPayout)
  reject(request: RejectPayoutRequest): Promise<AdminPayoutResponse> {
    return this.payouts.reject(request);
  }

  @Handles(markPayoutPaid)
  markPaid(request: MarkPayoutPaidRequest): Promise<AdminPayoutResponse> {
    return this.payouts.markPaid(request);
  }
}
