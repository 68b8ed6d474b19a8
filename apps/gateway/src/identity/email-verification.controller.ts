import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  EmailAddressRequest,
  requestVerificationEmail,
  verifyEmail,
  VerifyEmailRequest,
  VerifyEmailResponse,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, AnswersNothing, Limited, Public } from '../edge/decorators';

@Controller('v1/auth')
@ApiTags('auth')
export class EmailVerificationController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('verification-emails')
  @Public()
  @Limited('AUTH')
  @AnswersNothing('Mail the verification link again; the answer is the same without an account', 202)
  async request(@Body() body: EmailAddressRequest): Promise<void> {
    await this.rpc.call(requestVerificationEmail, body);
  }

  @Get('verify-email')
  @Public()
  @Limited('AUTH')
  @Answers('Verify an e-mail address with the token from its mail', VerifyEmailResponse, {
    errors: {
      401: 'INVALID_TOKEN: unknown, expired or used',
      409: 'STATE_CONFLICT: verified already',
      429: 'RATE_LIMITED',
    },
  })
  verify(@Query() query: VerifyEmailRequest): Promise<string> {
    return this.rpc.forward(verifyEmail, query);
  }
}
