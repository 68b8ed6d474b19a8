import { ChallengeRepository } from './challenge.repository';
import { Challenges } from './challenges.service';
import { FactorChanges } from './factor-changes.service';
import { FactorRemoval } from './factor-removal.service';
import { FactorCheck } from './factor-check.service';
import { MfaController } from './mfa.controller';
import { MfaPolicyRepository } from './mfa-policy.repository';
import { MfaPolicyService } from './mfa-policy.service';
import { MfaReset } from './mfa-reset.service';
import { MfaService } from './mfa.service';
import { PasskeyController } from './passkey.controller';
import { PasskeyRepository } from './passkey.repository';
import { PasskeyService } from './passkey.service';
import { PasswordlessSignIn } from './passwordless.service';
import { RecoveryCodeRepository } from './recovery-code.repository';
import { FactorRefusals } from './factor-refusals.service';
import { RelyingParty } from './relying-party';
import { SecondFactor } from './second-factor.service';
import { MfaStandings } from './mfa-standing.repository';
import { StepUpController } from './step-up.controller';
import { StepUpService } from './step-up.service';
import { TotpRepository } from './totp.repository';
import { TotpService } from './totp.service';

export const MFA_CONTROLLERS = [MfaController, PasskeyController, StepUpController];

export const MFA_PROVIDERS = [
  ChallengeRepository,
  Challenges,
  FactorChanges,
  FactorCheck,
  FactorRefusals,
  FactorRemoval,
  MfaPolicyRepository,
  MfaPolicyService,
  MfaReset,
  MfaService,
  MfaStandings,
  PasskeyRepository,
  PasskeyService,
  PasswordlessSignIn,
  RecoveryCodeRepository,
  RelyingParty,
  SecondFactor,
  StepUpService,
  TotpRepository,
  TotpService,
];
