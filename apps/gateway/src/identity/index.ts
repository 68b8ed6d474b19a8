import { AuthController } from './auth.controller';
import { AdminAuditLogsController, AuditLogsController } from './audit-logs.controller';
import { OwnSessionsController } from './own-sessions.controller';
import { ServiceTokensController } from './service-tokens.controller';
import { SettingsController } from './settings.controller';
import { UsersController } from './users.controller';

export const IDENTITY_CONTROLLERS = [
  AuthController,
  UsersController,
  SettingsController,
  OwnSessionsController,
  ServiceTokensController,
  AuditLogsController,
  AdminAuditLogsController,
];
