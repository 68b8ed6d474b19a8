import {
  callEndedV1,
  callEnrichedV1,
  privacyRequestedV1,
  smsReceivedV1,
  tenantCreatedV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { AnalyticsModule } from './analytics.module';
import { analyticsConfig } from './config';
import { AnalyticsSchema1700000200000 } from './migrations/analytics-schema.migration';

export const analytics = defineService({
  name: 'analytics',
  config: analyticsConfig,
  module: AnalyticsModule,
  migrations: [AnalyticsSchema1700000200000],
  consumes: [callEndedV1, callEnrichedV1, privacyRequestedV1, smsReceivedV1, tenantCreatedV1],
  jobs: true,
});
