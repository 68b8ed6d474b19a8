import {
  callEndedV1,
  callEnrichedV1,
  callStartedV1,
  creditsLowV1,
  emailRequestedV1,
  opsAlertRaisedV1,
  privacyRequestedV1,
  retentionChangedV1,
  smsReceivedV1,
  tenantReactivatedV1,
  tenantSuspendedV1,
  trialEndingV1,
  usageThresholdV1,
} from '@parley/contracts';
import { defineService } from '@parley/platform';
import { notificationsConfig } from './config';
import { BillingNotices1700002160000 } from './migrations/billing-notices.migration';
import { Emails1700000710000 } from './migrations/emails.migration';
import { Retention1700001450000 } from './migrations/retention.migration';
import { TenantStanding1700001210000 } from './migrations/tenant-standing.migration';
import { WebhookTables1700000600000 } from './migrations/webhook-tables.migration';
import { NotificationsModule } from './notifications.module';

export const notifications = defineService({
  name: 'notifications',
  config: notificationsConfig,
  module: NotificationsModule,
  migrations: [
    WebhookTables1700000600000,
    Emails1700000710000,
    TenantStanding1700001210000,
    BillingNotices1700002160000,
    Retention1700001450000,
  ],
  consumes: [
    callStartedV1,
    callEndedV1,
    callEnrichedV1,
    smsReceivedV1,
    emailRequestedV1,
    privacyRequestedV1,
    retentionChangedV1,
    tenantSuspendedV1,
    tenantReactivatedV1,
    creditsLowV1,
    opsAlertRaisedV1,
    trialEndingV1,
    usageThresholdV1,
  ],
  jobs: true,
});
