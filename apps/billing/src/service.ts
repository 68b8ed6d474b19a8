import {
  aiUsageRecordedV1,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  smsReceivedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { BillingModule } from './billing.module';
import { billingConfig } from './config';
import { BillingRelayIndex1700002200100 } from './migrations/billing-relay-index.migration';
import { BillingBatches1700002200000 } from './migrations/billing-batches.migration';
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
    BillingBatches1700002200000,
    BillingRelayIndex1700002200100,
  ],
  jobs: true,
  consumes: [aiUsageRecordedV1, callEndedV1, callEnrichedV1, callStartedV1, smsReceivedV1, tenantCreatedV1],
});
