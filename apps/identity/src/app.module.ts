import { Module } from '@nestjs/common';
import { AccountController } from './account/account.controller';
import { AccountService } from './account/account.service';
import { Passwords } from './account/passwords.service';
import { UserRepository } from './account/user.repository';
import { DemoController } from './demo/demo.controller';
import { DemoService } from './demo/demo.service';
import { AccessTokens } from './keys/access-tokens.service';
import { JwksController } from './keys/jwks.controller';
import { SigningKeyRepository } from './keys/signing-key.repository';
import { SigningKeys } from './keys/signing-keys.service';
import { RegistrationController } from './registration/registration.controller';
import { RegistrationService } from './registration/registration.service';
import { Housekeeping } from './session/housekeeping.job';
import { LoginGuardRepository } from './session/login-guard.repository';
import { LoginService } from './session/login.service';
import { SessionController } from './session/session.controller';
import { UserSessions } from './session/user-sessions.service';
import { SessionRepository } from './session/session.repository';
import { SessionService } from './session/session.service';
import { SettingsController } from './settings/settings.controller';
import { SettingsRepository } from './settings/settings.repository';
import { SettingsService } from './settings/settings.service';
import { TenancyService } from './tenancy/tenancy.service';
import { TenantRepository } from './tenancy/tenant.repository';
import { PasswordController } from './verification/password.controller';
import { PasswordService } from './verification/password.service';
import { ProfileController } from './profile/profile.controller';
import { ProfileService } from './profile/profile.service';
import { VerificationController } from './verification/verification.controller';
import { VerificationMails } from './verification/verification-mails.service';
import { VerificationService } from './verification/verification.service';
import { VerificationTokenRepository } from './verification/verification-token.repository';

@Module({
  controllers: [
    AccountController,
    DemoController,
    JwksController,
    PasswordController,
    ProfileController,
    RegistrationController,
    SessionController,
    SettingsController,
    VerificationController,
  ],
  providers: [
    AccessTokens,
    AccountService,
    DemoService,
    Housekeeping,
    LoginGuardRepository,
    LoginService,
    Passwords,
    PasswordService,
    ProfileService,
    RegistrationService,
    SessionRepository,
    SessionService,
    SettingsRepository,
    SettingsService,
    SigningKeyRepository,
    SigningKeys,
    TenancyService,
    TenantRepository,
    UserRepository,
    UserSessions,
    VerificationMails,
    VerificationService,
    VerificationTokenRepository,
  ],
})
export class IdentityModule {}
