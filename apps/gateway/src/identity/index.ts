import { AuthController } from './auth.controller';
import { AdminAuditLogsController, AuditLogsController } from './audit-logs.controller';
import { OwnSessionsController } from './own-sessions.controller';
import { ServiceTokensController } from './service-tokens.controller';
import { DirectoryController } from './directory.controller';
import { InvitationsController } from './invitations.controller';
import { MembersController } from './members.controller';
import { EmailVerificationController } from './email-verification.controller';
import { OAuthController } from './oauth.controller';
import { PasswordsController } from './passwords.controller';
import { MfaSignInController } from './mfa-sign-in.controller';
import { MfaAdministrationController, MfaController } from './mfa.controller';
import { ProfileController } from './profile.controller';
import { SocialAccountsController, SocialController } from './social.controller';
import { SettingsController } from './settings.controller';
import { TenantSwitchController, TenantsController } from './tenants.controller';
import { UsersController } from './users.controller';

export const IDENTITY_CONTROLLERS = [
  AuthController,
  EmailVerificationController,
  PasswordsController,
  ProfileController,
  UsersController,
  SettingsController,
  OwnSessionsController,
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
];

export { OAuthBrowser } from './oauth-browser';
