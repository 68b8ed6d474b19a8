import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { AccountController } from './account/account.controller';
import { AccountService } from './account/account.service';
import { Passwords } from './account/passwords.service';
import { UserRepository } from './account/user.repository';
import { ApiKeysModule } from './api-keys/api-keys.module';
import { AuditModule } from './audit/audit.module';
import { ConsentController } from './consent/consent.controller';
import { ConsentRepository } from './consent/consent.repository';
import { ConsentService } from './consent/consent.service';
import { DemoController } from './demo/demo.controller';
import { DemoService } from './demo/demo.service';
import { DirectoryController } from './directory/directory.controller';
import { DirectoryRepository } from './directory/directory.repository';
import { DirectoryService } from './directory/directory.service';
import { SuspensionService } from './directory/suspension.service';
import { AcceptanceService } from './invitation/acceptance.service';
import { InvitationController } from './invitation/invitation.controller';
import { InvitationRepository } from './invitation/invitation.repository';
import { InvitationService } from './invitation/invitation.service';
import { AccessTokens } from './keys/access-tokens.service';
import { JwksController } from './keys/jwks.controller';
import { SigningKeyRepository } from './keys/signing-key.repository';
import { SigningKeys } from './keys/signing-keys.service';
import { MembershipController } from './membership/membership.controller';
import { MembershipRepository } from './membership/membership.repository';
import { MembershipService } from './membership/membership.service';
import { Seats } from './membership/seats.service';
import { TenantTurn } from './membership/tenant-turn.service';
import { IDENTITY_DATA } from './privacy/identity-data';
import { PRIVACY_CONTROLLERS, PRIVACY_PROVIDERS } from './privacy/privacy.providers';
import { RegistrationController } from './registration/registration.controller';
import { RegistrationService } from './registration/registration.service';
import { RetentionController } from './retention/retention.controller';
import { RetentionService } from './retention/retention.service';
import { Housekeeping } from './session/housekeeping.job';
import { LoginGuardRepository } from './session/login-guard.repository';
import { LoginService } from './session/login.service';
import { OwnSessionsController } from './session/own-sessions.controller';
import { OwnSessionsRepository } from './session/own-sessions.repository';
import { OwnSessionsService } from './session/own-sessions.service';
import { SessionEndings } from './session/session-endings.service';
import { SessionController } from './session/session.controller';
import { SessionRepository } from './session/session.repository';
import { SessionService } from './session/session.service';
import { TenantSwitch } from './session/tenant-switch.service';
import { SettingsController } from './settings/settings.controller';
import { SettingsRepository } from './settings/settings.repository';
import { SettingsService } from './settings/settings.service';
import { CompanyService } from './tenancy/company.service';
import { TenancyController } from './tenancy/tenancy.controller';
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
  imports: [
    ApiKeysModule,
    AuditModule,
    PrivacyParticipantModule.of({ service: 'identity', tables: IDENTITY_DATA }),
  ],
  controllers: [
    ...PRIVACY_CONTROLLERS,
    AccountController,
    ConsentController,
    RetentionController,
    DemoController,
    DirectoryController,
    InvitationController,
    JwksController,
    OwnSessionsController,
    MembershipController,
    PasswordController,
    ProfileController,
    RegistrationController,
    SessionController,
    SettingsController,
    TenancyController,
    VerificationController,
  ],
  providers: [
    ...PRIVACY_PROVIDERS,
    ConsentRepository,
    ConsentService,
    RetentionService,
    AcceptanceService,
    AccessTokens,
    AccountService,
    CompanyService,
    DemoService,
    DirectoryRepository,
    DirectoryService,
    Housekeeping,
    InvitationRepository,
    InvitationService,
    LoginGuardRepository,
    LoginService,
    OwnSessionsRepository,
    OwnSessionsService,
    MembershipRepository,
    MembershipService,
    Passwords,
    PasswordService,
    ProfileService,
    RegistrationService,
    Seats,
    SessionEndings,
    SessionRepository,
    SessionService,
    SettingsRepository,
    SettingsService,
    SigningKeyRepository,
    SigningKeys,
    SuspensionService,
    TenancyService,
    TenantRepository,
    TenantSwitch,
    TenantTurn,
    UserRepository,
    VerificationMails,
    VerificationService,
    VerificationTokenRepository,
  ],
})
export class IdentityModule {}
