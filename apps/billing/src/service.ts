import {
  aiUsageRecordedV1,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  privacyRequestedV1,
  smsReceivedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { BillingModule } from './billing.module';
import { billingConfig } from './config';
import { BillingBooks1700001700000 } from './migrations/billing-books.migration';
import { BillingCatalogue1700001710000 } from './migrations/billing-catalogue.migration';
import { BillingHotRows1700001720000 } from './migrations/billing-hot-rows.migration';
import { BillingSchema1700000100000 } from './migrations/billing-schema.migration';

export const billing = defineService({
  name: 'billing',
  config: billingConfig,
  module: BillingModule,
  migrations: [
    BillingSchema1700000100000,
    BillingBooks1700001700000,
    BillingCatalogue1700001710000,
    BillingHotRows1700001720000,
  ],
  jobs: true,
  consumes: [
    aiUsageRecordedV1,
    callEndedV1,
    callEnrichedV1,
    callStartedV1,
    privacyRequestedV1,
    smsReceivedV1,
    tenantCreatedV1,
  ],
});
