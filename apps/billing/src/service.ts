import {
  aiUsageRecordedV1,
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  onboardingRequestedV1,
  privacyRequestedV1,
  smsReceivedV1,
  stripeReceivedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { BillingModule } from './billing.module';
import { billingConfig } from './config';
import { BillingRelayIndex1700002200100 } from './migrations/billing-relay-index.migration';
import { BillingBatches1700002200000 } from './migrations/billing-batches.migration';
import { BillingBooks1700001700000 } from './migrations/billing-books.migration';
import { BillingCatalogue1700001710000 } from './migrations/billing-catalogue.migration';
import { BillingFreeSeats1700002360020 } from './migrations/billing-free-seats.migration';
import { BillingGraceIndex1700002360000 } from './migrations/billing-grace-index.migration';
import { BillingHotRows1700001720000 } from './migrations/billing-hot-rows.migration';
import { BillingOverage1700002350000 } from './migrations/billing-overage.migration';
import { BillingClaims1700002370000 } from './migrations/billing-claims.migration';
import { BillingDisputeRounds1700002370010 } from './migrations/billing-dispute-rounds.migration';
import { BillingFormerCustomers1700002370020 } from './migrations/billing-former-customers.migration';
import { BillingPaymentLists1700002370030 } from './migrations/billing-payment-lists.migration';
import { BillingPayments1700001900000 } from './migrations/billing-payments.migration';
import { BillingReferrals1700002000000 } from './migrations/billing-referrals.migration';
import { BillingQuotas1700002100000 } from './migrations/billing-quotas.migration';
import { BillingReconciliation1700002110000 } from './migrations/billing-reconciliation.migration';
import { BillingSubscriptionHistory1700002360010 } from './migrations/billing-subscription-history.migration';
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
    BillingPayments1700001900000,
    BillingReferrals1700002000000,
    BillingQuotas1700002100000,
    BillingReconciliation1700002110000,
    BillingBatches1700002200000,
    BillingRelayIndex1700002200100,
    BillingGraceIndex1700002360000,
    BillingSubscriptionHistory1700002360010,
    BillingFreeSeats1700002360020,
    BillingOverage1700002350000,
    BillingClaims1700002370000,
    BillingDisputeRounds1700002370010,
    BillingFormerCustomers1700002370020,
    BillingPaymentLists1700002370030,
  ],
  jobs: true,
  consumes: [
    aiUsageRecordedV1,
    callEndedV1,
    callEnrichedV1,
    callStartedV1,
    onboardingRequestedV1,
    privacyRequestedV1,
    smsReceivedV1,
    stripeReceivedV1,
    tenantCreatedV1,
  ],
});
