import { AuthController } from './auth.controller';
import { EmailVerificationController } from './email-verification.controller';
import { PasswordsController } from './passwords.controller';
import { ProfileController } from './profile.controller';
import { SettingsController } from './settings.controller';
import { UsersController } from './users.controller';

export const IDENTITY_CONTROLLERS = [
  AuthController,
  EmailVerificationController,
  PasswordsController,
  ProfileController,
  UsersController,
  SettingsController,
];
