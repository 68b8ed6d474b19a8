import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getReferralCode,
  getReferralStats,
  listOwnPayouts,
  listReferrals,
  ListReferralsRequest,
  PageRequest,
  PayoutPage,
  PayoutRequestBody,
  PayoutResponse,
  RecordedSignup,
  recordReferralSignup,
  RecordSignupRequest,
  ReferralCodeResponse,
  ReferralPage,
  ReferralStats,
  requestPayout,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';
import { Idempotent } from '../idempotency/idempotent.decorator';

@Controller('v1/referrals')
@ApiTags('referrals')
export class ReferralsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('referrals:read')
  @Answers('Those the caller referred and what each earned, newest first', ReferralPage)
  list(@Query() query: ListReferralsRequest): Promise<string> {
    return this.rpc.forward(listReferrals, query);
  }

  @Get('code')
  @Requires('referrals:read')
  @Answers('The caller’s referral code, made at the first call', ReferralCodeResponse)
  code(): Promise<string> {
    return this.rpc.forward(getReferralCode, {});
  }

  @Get('stats')
  @Requires('referrals:read')
  @Answers('What the caller’s referrals earned, and where it stands', ReferralStats)
  stats(): Promise<string> {
    return this.rpc.forward(getReferralStats, {});
  }

  @Post('signups')
  @Requires('referrals:write')
  @Unaudited('a customer’s own use: the referral keeps it')
  @Answers('Say whose code brought the caller’s new tenant', RecordedSignup, {
    status: 201,
    errors: {
      404: 'REFERRAL_CODE_UNKNOWN',
      409: 'ALREADY_REFERRED',
      422: 'REFERRAL_CODE_INACTIVE, SELF_REFERRAL, REFERRAL_TOO_LATE, REFERRALS_CLOSED',
    },
  })
  recordSignup(@Body() body: RecordSignupRequest): Promise<string> {
    return this.rpc.forward(recordReferralSignup, body);
  }

  @Get('payout-requests')
  @Requires('referrals:read')
  @Answers('The caller’s payout requests, newest first', PayoutPage)
  payouts(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listOwnPayouts, query);
  }

  @Post('payout-requests')
  @Idempotent()
  @Requires('referrals:write')
  @Audited('payout.requested')
  @StepUp()
  @Answers('Ask for what is available to be paid out', PayoutResponse, {
    status: 201,
    errors: { 409: 'PAYOUT_OPEN', 422: 'BELOW_MINIMUM_PAYOUT, INSUFFICIENT_COMMISSIONS' },
  })
  requestPayout(@Body() body: PayoutRequestBody): Promise<string> {
    return this.rpc.forward(requestPayout, body);
  }
}
