import { callEndedV1, callEnrichedV1, privacyRequestedV1, tenantCreatedV1 } from '@parley/contracts';
import { defineService } from '@parley/platform';
import { BillingModule } from './billing.module';
import { billingConfig } from './config';
import { BillingSchema1700000100000 } from './migrations/billing-schema.migration';

export const billing = defineService({
  name: 'billing',
  config: billingConfig,
  module: BillingModule,
  migrations: [BillingSchema1700000100000],
  consumes: [callEndedV1, callEnrichedV1, privacyRequestedV1, tenantCreatedV1],
  jobs: true,
});
