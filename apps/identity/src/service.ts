import { defineService } from '@parley/platform';
import { identityConfig } from './config';
import { IdentityModule } from './app.module';
import { AccountVerification1700000700000 } from './migrations/account-verification.migration';
import { IdentitySchema1700000200000 } from './migrations/identity-schema.migration';
import { KeysAndAudit1700000900000 } from './migrations/keys-and-audit.migration';
import { Mfa1700001100000 } from './migrations/mfa.migration';
import { SocialSignIn1700001000000 } from './migrations/social-sign-in.migration';
import { TenantMembers1700000800000 } from './migrations/tenant-members.migration';

export const identity = defineService({
  name: 'identity',
  config: identityConfig,
  module: IdentityModule,
  migrations: [
    IdentitySchema1700000200000,
    AccountVerification1700000700000,
    TenantMembers1700000800000,
    KeysAndAudit1700000900000,
    Mfa1700001100000,
    SocialSignIn1700001000000,
  ],
  jobs: true,
});
