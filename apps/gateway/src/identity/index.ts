import { AuthController } from './auth.controller';
import { SettingsController } from './settings.controller';
import { UsersController } from './users.controller';

export const IDENTITY_CONTROLLERS = [AuthController, UsersController, SettingsController];
