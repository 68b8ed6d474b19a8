import { AuthController } from './auth.controller';
import { AdminAuditLogsController, AuditLogsController } from './audit-logs.controller';
import { ConsentsController } from './consents.controller';
import { PrivacyController } from './privacy.controller';
import { RetentionController } from './retention.controller';
import { OwnSessionsController } from './own-sessions.controller';
import { ServiceTokensController } from './service-tokens.controller';
import { DirectoryController } from './directory.controller';
import { FacebookDeletionsController } from './facebook-deletions.controller';
import { InvitationsController } from './invitations.controller';
import { MembersController } from './members.controller';
import { EmailVerificationController } from './email-verification.controller';
import { OAuthController } from './oauth.controller';
import { PasswordsController } from './passwords.controller';
import { MfaSignInController } from './mfa-sign-in.controller';
import { MfaAdministrationController, MfaController } from './mfa.controller';
import { ProfileController } from './profile.controller';
import { SocialAccountsController, SocialController } from './social.controller';
import { AdminImpersonationsController, ImpersonationsController } from './impersonations.controller';
import { ProviderKeysController } from './provider-keys.controller';
import { SystemConfigController } from './system-config.controller';
import { SettingsController } from './settings.controller';
import { TenantSwitchController, TenantsController } from './tenants.controller';
import { OnboardingsController, OwnOnboardingController } from './onboardings.controller';
import { SubAccountsController } from './sub-accounts.controller';
import { UsersController } from './users.controller';

export const IDENTITY_CONTROLLERS = [
  AuthController,
  FacebookDeletionsController,
  EmailVerificationController,
  PasswordsController,
  ProfileController,
  ProviderKeysController,
  SystemConfigController,
  UsersController,
  SettingsController,
  ConsentsController,
  PrivacyController,
  RetentionController,
  OwnSessionsController,
  AdminImpersonationsController,
  ImpersonationsController,
  ServiceTokensController,
  AuditLogsController,
  AdminAuditLogsController,
  DirectoryController,
  InvitationsController,
  MembersController,
  TenantsController,
  TenantSwitchController,
  MfaController,
  MfaAdministrationController,
  MfaSignInController,
  OAuthController,
  SocialController,
  SocialAccountsController,
  OnboardingsController,
  OwnOnboardingController,
  SubAccountsController,
];

export { OAuthBrowser } from './oauth-browser';
