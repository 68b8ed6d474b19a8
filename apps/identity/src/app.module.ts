import { Module } from '@nestjs/common';
import { AccountController } from './account/account.controller';
import { AccountService } from './account/account.service';
import { Passwords } from './account/passwords.service';
import { UserRepository } from './account/user.repository';
import { ApiKeysModule } from './api-keys/api-keys.module';
import { AuditModule } from './audit/audit.module';
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
import { OwnSessionsController } from './session/own-sessions.controller';
import { OwnSessionsRepository } from './session/own-sessions.repository';
import { OwnSessionsService } from './session/own-sessions.service';
import { SessionController } from './session/session.controller';
import { SessionRepository } from './session/session.repository';
import { SessionService } from './session/session.service';
import { SettingsController } from './settings/settings.controller';
import { SettingsRepository } from './settings/settings.repository';
import { SettingsService } from './settings/settings.service';
import { TenancyService } from './tenancy/tenancy.service';
import { TenantRepository } from './tenancy/tenant.repository';

@Module({
  imports: [ApiKeysModule, AuditModule],
  controllers: [
    AccountController,
    DemoController,
    JwksController,
    OwnSessionsController,
    RegistrationController,
    SessionController,
    SettingsController,
  ],
  providers: [
    AccessTokens,
    AccountService,
    DemoService,
    Housekeeping,
    LoginGuardRepository,
    LoginService,
    OwnSessionsRepository,
    OwnSessionsService,
    Passwords,
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
  ],
})
export class IdentityModule {}
