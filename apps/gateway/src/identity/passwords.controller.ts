import { Body, Controller, Inject, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  changePassword,
  ChangePasswordRequest,
  EmailAddressRequest,
  requestPasswordReset,
  resetPassword,
  ResetPasswordRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { AnswersNothing, Limited, Public, Requires } from '../edge/decorators';

@Controller('v1')
@ApiTags('auth')
export class PasswordsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post('auth/password-resets')
  @Public()
  @Limited('AUTH')
  @AnswersNothing('Mail a link to choose a new password; the answer is the same without an account', 202)
  async requestReset(@Body() body: EmailAddressRequest): Promise<void> {
    await this.rpc.call(requestPasswordReset, body);
  }

  @Put('auth/password-resets')
  @Public()
  @Limited('AUTH')
  @AnswersNothing('Set a new password with the token from the mail, and end every session')
  async reset(@Body() body: ResetPasswordRequest): Promise<void> {
    await this.rpc.call(resetPassword, body);
  }

  @Put('users/me/password')
  @Requires('password:write')
  @Audited('account.password-changed')
  @Limited('AUTH')
  @AnswersNothing('Change the own password, and end every other session')
  async change(@Body() body: ChangePasswordRequest): Promise<void> {
    await this.rpc.call(changePassword, body);
  }
}
