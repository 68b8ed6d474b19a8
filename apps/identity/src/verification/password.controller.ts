import { Controller, Inject } from '@nestjs/common';
import {
  changePassword,
  ChangePasswordRequest,
  EmailAddressRequest,
  Nothing,
  requestPasswordReset,
  resetPassword,
  ResetPasswordRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { PasswordService } from './password.service';
import { VerificationMails } from './verification-mails.service';

@Controller()
export class PasswordController {
  constructor(
    @Inject(PasswordService) private readonly passwords: PasswordService,
    @Inject(VerificationMails) private readonly mails: VerificationMails,
  ) {}

  @Handles(requestPasswordReset)
  async requestReset({ email }: EmailAddressRequest): Promise<Nothing> {
    await this.mails.request(email, 'reset_password');
    return {};
  }

  @Handles(resetPassword)
  async reset(request: ResetPasswordRequest): Promise<Nothing> {
    await this.passwords.reset(request);
    return {};
  }

  @Handles(changePassword)
  async change(request: ChangePasswordRequest): Promise<Nothing> {
    await this.passwords.change(request);
    return {};
  }
}
