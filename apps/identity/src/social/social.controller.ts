import { Controller, Inject } from '@nestjs/common';
import {
  FinishSocialRequest,
  FinishSocialResponse,
  finishSocial,
  SessionResponse,
  signInSocially,
  SocialSignInRequest,
  StartSocialRequest,
  StartSocialResponse,
  startSocial,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { SocialFlow } from './social-flow.service';
import { SocialProofs } from './social-proofs.service';
import { SocialSignIn } from './social-sign-in.service';

@Controller()
export class SocialController {
  constructor(
    @Inject(SocialFlow) private readonly flow: SocialFlow,
    @Inject(SocialProofs) private readonly proofs: SocialProofs,
    @Inject(SocialSignIn) private readonly signIns: SocialSignIn,
  ) {}

  @Handles(startSocial)
  start(request: StartSocialRequest): Promise<StartSocialResponse> {
    return this.flow.start(request);
  }

  @Handles(finishSocial)
  finish(request: FinishSocialRequest): Promise<FinishSocialResponse> {
    return this.flow.finish(request);
  }

  @Handles(signInSocially)
  async signIn(request: SocialSignInRequest): Promise<SessionResponse> {
    return this.signIns.complete(await this.proofs.read(request));
  }
}
