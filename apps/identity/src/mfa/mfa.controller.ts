import { Controller, Inject } from '@nestjs/common';
import {
  beginTotp,
  confirmTotp,
  ConfirmTotpRequest,
  type ConfirmedTotp,
  getMfa,
  getMfaPolicy,
  MfaChallengeRequest,
  type MfaOverview,
  mfaPasskeyOptions,
  MfaPolicy,
  Nothing,
  type PasskeyOptionsResponse,
  putMfaPolicy,
  type RecoveryCodes,
  removeTotp,
  renewRecoveryCodes,
  resetMfa,
  ResetMfaRequest,
  type SessionResponse,
  type TotpSecret,
  verifyMfa,
  VerifyMfaRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { MfaPolicyService } from './mfa-policy.service';
import { MfaReset } from './mfa-reset.service';
import { MfaService } from './mfa.service';
import { SecondFactor } from './second-factor.service';
import { TotpService } from './totp.service';

@Controller()
export class MfaController {
  constructor(
    @Inject(SecondFactor) private readonly secondFactor: SecondFactor,
    @Inject(MfaService) private readonly mfa: MfaService,
    @Inject(TotpService) private readonly totp: TotpService,
    @Inject(MfaPolicyService) private readonly policies: MfaPolicyService,
    @Inject(MfaReset) private readonly resets: MfaReset,
  ) {}

  @Handles(verifyMfa)
  verify(request: VerifyMfaRequest): Promise<SessionResponse> {
    return this.secondFactor.verify(request);
  }

  @Handles(mfaPasskeyOptions)
  passkeyOptions(request: MfaChallengeRequest): Promise<PasskeyOptionsResponse> {
    return this.secondFactor.passkeyOptions(request);
  }

  @Handles(getMfa)
  overview(_request: Nothing): Promise<MfaOverview> {
    return this.mfa.overview();
  }

  @Handles(beginTotp)
  beginTotp(_request: Nothing): Promise<TotpSecret> {
    return this.totp.begin();
  }

  @Handles(confirmTotp)
  confirmTotp({ code }: ConfirmTotpRequest): Promise<ConfirmedTotp> {
    return this.totp.confirm(code);
  }

  @Handles(removeTotp)
  async removeTotp(_request: Nothing): Promise<Nothing> {
    await this.totp.remove();
    return {};
  }

  @Handles(renewRecoveryCodes)
  renewRecoveryCodes(_request: Nothing): Promise<RecoveryCodes> {
    return this.mfa.renewRecoveryCodes();
  }

  @Handles(getMfaPolicy)
  policy(_request: Nothing): Promise<MfaPolicy> {
    return this.policies.get();
  }

  @Handles(putMfaPolicy)
  putPolicy(request: MfaPolicy): Promise<MfaPolicy> {
    return this.policies.put(request);
  }

  @Handles(resetMfa)
  async reset({ id }: ResetMfaRequest): Promise<Nothing> {
    await this.resets.reset(id);
    return {};
  }
}
