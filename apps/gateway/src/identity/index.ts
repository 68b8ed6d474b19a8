import { AuthController } from './auth.controller';
import { AdminAuditLogsController, AuditLogsController } from './audit-logs.controller';
import { OwnSessionsController } from './own-sessions.controller';
import { ServiceTokensController } from './service-tokens.controller';
import { DirectoryController } from './directory.controller';
import { InvitationsController } from './invitations.controller';
import { MembersController } from './members.controller';
import { EmailVerificationController } from './email-verification.controller';
import { PasswordsController } from './passwords.controller';
import { ProfileController } from './profile.controller';
import { SettingsController } from './settings.controller';
import { TenantSwitchController, TenantsController } from './tenants.controller';
import { OnboardingsController, OwnOnboardingController } from './onboardings.controller';
import { SubAccountsController } from './sub-accounts.controller';
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
  OnboardingsController,
  OwnOnboardingController,
  SubAccountsController,
];
