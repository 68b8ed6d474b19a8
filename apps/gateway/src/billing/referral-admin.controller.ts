import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AdminPayoutPage,
  AdminPayoutResponse,
  AdminReferralPage,
  approvePayout,
  clearReferralSignals,
  editReferralCode,
  editReferralSettings,
  getReferral,
  getReferralSettings,
  listAllReferrals,
  ListAllReferralsRequest,
  listPayouts,
  ListPayoutsRequest,
  markPayoutPaid,
  PayoutIdParam,
  PayoutMethod,
  PayoutRejection,
  PayoutTransfer,
  ReferralCodeEdit,
  ReferralCodeParam,
  ReferralCodeResponse,
  ReferralDetails,
  ReferralIdParam,
  ReferralParam,
  ReferralSettingsEdit,
  ReferralSettingsResponse,
  rejectPayout,
  rejectReferral,
  revealPayoutMethod,
  SignalDecision,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';

const DECISION = { 404: 'NOT_FOUND', 409: 'STATE_CONFLICT, NO_OPEN_PAYOUT' };
const PAYMENT = { ...DECISION, 409: `${DECISION[409]}, PAYOUT_NOT_COVERED` };

@Controller('v1/admin/referrals')
@ApiTags('admin')
export class ReferralAdminController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('referrals:admin')
  @Answers('Referrals of all tenants, newest first', AdminReferralPage)
  list(@Query() query: ListAllReferralsRequest): Promise<string> {
    return this.rpc.forward(listAllReferrals, query);
  }

  @Get(':id')
  @Requires('referrals:admin')
  @Answers('Everything about a referral', ReferralDetails, { errors: { 404: 'NOT_FOUND' } })
  get(@Param() params: ReferralParam): Promise<string> {
    return this.rpc.forward(getReferral, params);
  }

  @Post(':id/clear-signals')
  @Requires('referrals:admin')
  @Audited('referral.signals-cleared')
  @Answers('Nothing is wrong with it: what was held goes on', ReferralDetails, {
    errors: { 404: 'NOT_FOUND', 409: 'NOTHING_TO_REVIEW' },
  })
  clear(@Param() { id }: ReferralParam, @Body() { note }: SignalDecision): Promise<string> {
    return this.rpc.forward(clearReferralSignals, { id, note });
  }

  @Post(':id/reject-signals')
  @Requires('referrals:admin')
  @Audited('referral.signals-rejected')
  @Answers('It is fraud: what it earned is taken back', ReferralDetails, {
    errors: { 404: 'NOT_FOUND', 409: 'NOTHING_TO_REVIEW' },
  })
  rejectSignals(@Param() { id }: ReferralParam, @Body() { note }: SignalDecision): Promise<string> {
    return this.rpc.forward(rejectReferral, { id, note });
  }

  @Post(':id/approve')
  @Requires('referrals:admin')
  @Audited('payout.approved')
  @StepUp()
  @Answers('Approve a payout, by its id or a referral’s', AdminPayoutResponse, { errors: PAYMENT })
  approve(@Param() params: ReferralIdParam): Promise<string> {
    return this.rpc.forward(approvePayout, params);
  }

  @Post(':id/reject')
  @Requires('referrals:admin')
  @Audited('payout.rejected')
  @Answers('Reject a payout, by its id or a referral’s; the money is available again', AdminPayoutResponse, {
    errors: DECISION,
  })
  reject(@Param() { id }: ReferralIdParam, @Body() { reason }: PayoutRejection): Promise<string> {
    return this.rpc.forward(rejectPayout, { id, reason });
  }

  @Post(':id/mark-paid')
  @Requires('referrals:admin')
  @Audited('payout.paid')
  @StepUp()
  @Answers('Say that an approved payout was transferred', AdminPayoutResponse, { errors: PAYMENT })
  markPaid(@Param() { id }: ReferralIdParam, @Body() { reference }: PayoutTransfer): Promise<string> {
    return this.rpc.forward(markPayoutPaid, { id, reference });
  }
}

@Controller('v1/admin')
@ApiTags('admin')
export class ReferralProgramController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get('referral-settings')
  @Requires('referrals:admin')
  @Answers('The referral program as it is now', ReferralSettingsResponse)
  settings(): Promise<string> {
    return this.rpc.forward(getReferralSettings, {});
  }

  @Put('referral-settings')
  @Requires('referrals:admin')
  @Audited('referral-settings.changed')
  @Answers('Make a new version of the program; referrals keep theirs', ReferralSettingsResponse)
  editSettings(@Body() body: ReferralSettingsEdit): Promise<string> {
    return this.rpc.forward(editReferralSettings, body);
  }

  @Put('referral-codes/:code')
  @Requires('referrals:admin')
  @Audited('referral-code.switched-on', 'referral-code.switched-off')
  @Answers('Switch a referral code off or on', ReferralCodeResponse, {
    errors: { 404: 'REFERRAL_CODE_UNKNOWN' },
  })
  editCode(@Param() { code }: ReferralCodeParam, @Body() { isActive }: ReferralCodeEdit): Promise<string> {
    return this.rpc.forward(editReferralCode, { code, isActive });
  }

  @Get('payout-requests')
  @Requires('referrals:admin')
  @Answers('Payout requests in one state, newest first', AdminPayoutPage)
  payouts(@Query() query: ListPayoutsRequest): Promise<string> {
    return this.rpc.forward(listPayouts, query);
  }

  @Get('payout-requests/:id/method')
  @Requires('referrals:admin')
  @Audited('payout.account-revealed')
  @StepUp()
  @Answers('Where a payout goes, in full', PayoutMethod, { errors: { 404: 'NOT_FOUND' } })
  method(@Param() params: PayoutIdParam): Promise<string> {
    return this.rpc.forward(revealPayoutMethod, params);
  }
}
