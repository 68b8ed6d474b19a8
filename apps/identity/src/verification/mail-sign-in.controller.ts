import { Controller, Inject } from '@nestjs/common';
import {
  MailSignInRequest,
  Nothing,
  SessionResponse,
  setPassword,
  SetPasswordRequest,
  signInByMail,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { MailSignIn } from './mail-sign-in.service';

@Controller()
export class MailSignInController {
  constructor(@Inject(MailSignIn) private readonly signIns: MailSignIn) {}

  @Handles(signInByMail)
  signIn(request: MailSignInRequest): Promise<SessionResponse> {
    return this.signIns.signIn(request);
  }

  @Handles(setPassword)
  async setPassword(request: SetPasswordRequest): Promise<Nothing> {
    await this.signIns.setPassword(request);
    return {};
  }
}
