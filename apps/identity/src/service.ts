import { PRIVACY_COMPLETED, privacyRequestedV1 } from '@parley/contracts';
import { defineService } from '@parley/platform';
import { identityConfig } from './config';
import { IdentityModule } from './app.module';
import { AccountVerification1700000700000 } from './migrations/account-verification.migration';
import { IdentitySchema1700000200000 } from './migrations/identity-schema.migration';
import { KeysAndAudit1700000900000 } from './migrations/keys-and-audit.migration';
import { Privacy1700001400000 } from './migrations/privacy.migration';
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
    Privacy1700001400000,
  ],
  consumes: [privacyRequestedV1, ...Object.values(PRIVACY_COMPLETED)],
  jobs: true,
});
