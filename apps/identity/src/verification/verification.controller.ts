import { Controller, Inject } from '@nestjs/common';
import {
  EmailAddressRequest,
  Nothing,
  requestVerificationEmail,
  verifyEmail,
  VerifyEmailRequest,
  VerifyEmailResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { VerificationMails } from './verification-mails.service';
import { VerificationService } from './verification.service';

@Controller()
export class VerificationController {
  constructor(
    @Inject(VerificationMails) private readonly mails: VerificationMails,
    @Inject(VerificationService) private readonly verifications: VerificationService,
  ) {}

  @Handles(requestVerificationEmail)
  async request({ email }: EmailAddressRequest): Promise<Nothing> {
    await this.mails.request(email, 'verify_email');
    return {};
  }

  @Handles(verifyEmail)
  verify({ token }: VerifyEmailRequest): Promise<VerifyEmailResponse> {
    return this.verifications.verify(token);
  }
}
