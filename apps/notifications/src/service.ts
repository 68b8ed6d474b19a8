import { callEndedV1, callEnrichedV1, callStartedV1, smsReceivedV1 } from '@parley/contracts';
import { defineService } from '@parley/platform';
import { notificationsConfig } from './config';
import { WebhookTables1700000600000 } from './migrations/webhook-tables.migration';
import { NotificationsModule } from './notifications.module';

export const notifications = defineService({
  name: 'notifications',
  config: notificationsConfig,
  module: NotificationsModule,
  migrations: [WebhookTables1700000600000],
  consumes: [callStartedV1, callEndedV1, callEnrichedV1, smsReceivedV1],
  jobs: true,
});
