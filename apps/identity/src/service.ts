import { defineService } from '@parley/platform';
import { identityConfig } from './config';
import { IdentityModule } from './app.module';
import { AccountVerification1700000700000 } from './migrations/account-verification.migration';
import { IdentitySchema1700000200000 } from './migrations/identity-schema.migration';

export const identity = defineService({
  name: 'identity',
  config: identityConfig,
  module: IdentityModule,
  migrations: [IdentitySchema1700000200000, AccountVerification1700000700000],
  jobs: true,
});
