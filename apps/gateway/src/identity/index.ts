import { AuthController } from './auth.controller';
import { AdminAuditLogsController, AuditLogsController } from './audit-logs.controller';
import { ConsentsController } from './consents.controller';
import { PrivacyController } from './privacy.controller';
import { RetentionController } from './retention.controller';
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
import { UsersController } from './users.controller';

export const IDENTITY_CONTROLLERS = [
  AuthController,
  EmailVerificationController,
  PasswordsController,
  ProfileController,
  UsersController,
  SettingsController,
  ConsentsController,
  PrivacyController,
  RetentionController,
  OwnSessionsController,
  ServiceTokensController,
  AuditLogsController,
  AdminAuditLogsController,
  DirectoryController,
  InvitationsController,
  MembersController,
  TenantsController,
  TenantSwitchController,
];
