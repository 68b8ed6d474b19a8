import { Module } from '@nestjs/common';
import { PrivacyParticipantModule } from '@parley/platform';
import { AccountAdminController } from './account-admin/account-admin.controller';
import { AccountAdmin } from './account-admin/account-admin.service';
import { AccountOpening } from './account-admin/account-opening.service';
import { AgencyEntry } from './agency/agency-entry.service';
import { SubAccountRepository } from './agency/sub-account.repository';
import { SubAccountService } from './agency/sub-account.service';
import { SubAccountsController } from './agency/sub-accounts.controller';
import { EntitlementsConsumer } from './membership/entitlements.consumer';
import { OnboardingController } from './onboarding/onboarding.controller';
import { OnboardingRepository } from './onboarding/onboarding.repository';
import { OnboardingStepsConsumer } from './onboarding/onboarding-steps.consumer';
import { OwnOnboardingService } from './onboarding/own-onboarding.service';
import { QuickOnboarding } from './onboarding/quick-onboarding.service';
import { SettingsHistory } from './settings/settings-history.service';
import { TenantFacts } from './tenancy/tenant-facts.service';
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
import { ImpersonationActs } from './impersonation/impersonation-acts.service';
import { ImpersonationController } from './impersonation/impersonation.controller';
import { ImpersonationEndings } from './impersonation/impersonation-endings.service';
import { ImpersonationList } from './impersonation/impersonation-list.service';
import { ImpersonationRepository } from './impersonation/impersonation.repository';
import { ImpersonationService } from './impersonation/impersonation.service';
import { AcceptanceService } from './invitation/acceptance.service';
import { EnvelopeRepository } from './envelopes/envelope.repository';
import { EnvelopesModule } from './envelopes/envelopes.module';
import { MasterKeyRotation } from './envelopes/rewrap.job';
import { InvitationController } from './invitation/invitation.controller';
import { InvitationRepository } from './invitation/invitation.repository';
import { InvitationService } from './invitation/invitation.service';
import { AccessTokens } from './keys/access-tokens.service';
import { JwksController } from './keys/jwks.controller';
import { KeyRotationJob } from './keys/key-rotation.job';
import { KeyRotation } from './keys/key-rotation.service';
import { SigningKeyRepository } from './keys/signing-key.repository';
import { SigningKeys } from './keys/signing-keys.service';
import { MembershipController } from './membership/membership.controller';
import { MembershipRepository } from './membership/membership.repository';
import { MembershipService } from './membership/membership.service';
import { Seats } from './membership/seats.service';
import { TenantTurn } from './membership/tenant-turn.service';
import { MFA_CONTROLLERS, MFA_PROVIDERS } from './mfa';
import { IDENTITY_DATA } from './privacy/identity-data';
import { PRIVACY_CONTROLLERS, PRIVACY_PROVIDERS } from './privacy/privacy.providers';
import { ProviderKeysModule } from './provider-keys/provider-keys.module';
import { RegistrationController } from './registration/registration.controller';
import { RegistrationService } from './registration/registration.service';
import { RetentionController } from './retention/retention.controller';
import { RetentionService } from './retention/retention.service';
import { Housekeeping } from './housekeeping/housekeeping.job';
import { KnownDevices } from './session/known-device.repository';
import { LoginGuardRepository } from './session/login-guard.repository';
import { LostRoles } from './session/lost-roles.job';
import { LoginService } from './session/login.service';
import { OwnSessionsController } from './session/own-sessions.controller';
import { OwnSessionsRepository } from './session/own-sessions.repository';
import { OwnSessionsService } from './session/own-sessions.service';
import { RevokedSessionsController } from './session/revoked-sessions.controller';
import { RevokedSessionsRepository } from './session/revoked-sessions.repository';
import { SessionEndings } from './session/session-endings.service';
import { ProofRepository } from './session/proof.repository';
import { SessionController } from './session/session.controller';
import { SessionRepository } from './session/session.repository';
import { SessionService } from './session/session.service';
import { SignInGuard } from './session/sign-in-guard.service';
import { SignIn } from './session/sign-in.service';
import { TenantSwitch } from './session/tenant-switch.service';
import { SettingsController } from './settings/settings.controller';
import { SettingsRepository } from './settings/settings.repository';
import { SettingsService } from './settings/settings.service';
import { SOCIAL_CONTROLLERS, SOCIAL_SERVICES } from './social';
import { SystemConfigModule } from './system-config/system-config.module';
import { CompanyService } from './tenancy/company.service';
import { TenancyController } from './tenancy/tenancy.controller';
import { TenancyService } from './tenancy/tenancy.service';
import { TenantContactController } from './tenancy/tenant-contact.controller';
import { TenantContactRepository } from './tenancy/tenant-contact.repository';
import { TenantContactService } from './tenancy/tenant-contact.service';
import { TenantRepository } from './tenancy/tenant.repository';
import { MailSignInController } from './verification/mail-sign-in.controller';
import { MailSignIn } from './verification/mail-sign-in.service';
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
    EnvelopesModule,
    PrivacyParticipantModule.of({ service: 'identity', tables: IDENTITY_DATA }),
    ProviderKeysModule,
    SystemConfigModule,
  ],
  controllers: [
    ...PRIVACY_CONTROLLERS,
    AccountAdminController,
    AccountController,
    ConsentController,
    RetentionController,
    DemoController,
    DirectoryController,
    ImpersonationController,
    EntitlementsConsumer,
    InvitationController,
    JwksController,
    OwnSessionsController,
    RevokedSessionsController,
    MailSignInController,
    MembershipController,
    OnboardingController,
    OnboardingStepsConsumer,
    PasswordController,
    ProfileController,
    RegistrationController,
    SessionController,
    SettingsController,
    ...SOCIAL_CONTROLLERS,
    SubAccountsController,
    TenancyController,
    TenantContactController,
    VerificationController,
    ...MFA_CONTROLLERS,
  ],
  providers: [
    ...PRIVACY_PROVIDERS,
    ConsentRepository,
    ConsentService,
    RetentionService,
    AcceptanceService,
    AccessTokens,
    AccountAdmin,
    AccountOpening,
    AccountService,
    AgencyEntry,
    CompanyService,
    DemoService,
    DirectoryRepository,
    DirectoryService,
    EnvelopeRepository,
    Housekeeping,
    ImpersonationActs,
    ImpersonationEndings,
    ImpersonationList,
    ImpersonationRepository,
    ImpersonationService,
    InvitationRepository,
    InvitationService,
    KnownDevices,
    KeyRotation,
    KeyRotationJob,
    LoginGuardRepository,
    LoginService,
    LostRoles,
    MasterKeyRotation,
    OnboardingRepository,
    OwnOnboardingService,
    MailSignIn,
    OwnSessionsRepository,
    OwnSessionsService,
    MembershipRepository,
    MembershipService,
    Passwords,
    PasswordService,
    ProfileService,
    QuickOnboarding,
    RegistrationService,
    Seats,
    RevokedSessionsRepository,
    SessionEndings,
    SessionRepository,
    SessionService,
    SettingsHistory,
    SettingsRepository,
    SettingsService,
    SigningKeyRepository,
    SigningKeys,
    ...SOCIAL_SERVICES,
    SubAccountRepository,
    SubAccountService,
    SuspensionService,
    TenancyService,
    TenantFacts,
    TenantContactRepository,
    TenantContactService,
    TenantRepository,
    TenantSwitch,
    TenantTurn,
    UserRepository,
    VerificationMails,
    VerificationService,
    VerificationTokenRepository,
    ProofRepository,
    SignIn,
    SignInGuard,
    ...MFA_PROVIDERS,
  ],
})
export class IdentityModule {}
