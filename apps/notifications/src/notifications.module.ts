import { Module } from '@nestjs/common';
import { BillingNoticesConsumer } from './billing-notices/billing-notices.consumer';
import { BillingNotices } from './billing-notices/billing-notices.service';
import { OpsAlertRepository } from './ops-alerts/ops-alert.repository';
import { OpsAlertsConsumer } from './ops-alerts/ops-alerts.consumer';
import { OpsAlerts } from './ops-alerts/ops-alerts.service';
import { SlackSender } from './ops-alerts/slack.sender';
import { DeliveryController } from './deliveries/delivery.controller';
import { DeliveryRepository } from './deliveries/delivery.repository';
import { DeliveryService } from './deliveries/delivery.service';
import { DeliveryStatsService } from './deliveries/delivery-stats.service';
import { EmailRepository } from './email/email.repository';
import { EmailRequestsConsumer } from './email/email-requests.consumer';
import { EmailService } from './email/email.service';
import { Mailer } from './email/mailer';
import { ResendMailer } from './email/resend.mailer';
import { EndpointController } from './endpoints/endpoint.controller';
import { EndpointRepository } from './endpoints/endpoint.repository';
import { EndpointService } from './endpoints/endpoint.service';
import { EndpointSeals } from './endpoints/endpoint-seals';
import { EndpointTestService } from './endpoints/endpoint-test.service';
import { CONFIG, PrivacyParticipantModule, RetentionModule, SecretBox } from '@parley/platform';
import type { NotificationsConfig } from './config';
import { NOTIFICATIONS_DATA, RETAINED } from './privacy/notifications-data';
import { FanOutRepository } from './publishing/fan-out.repository';
import { FanOutService } from './publishing/fan-out.service';
import { TelephonyEventsConsumer } from './publishing/telephony-events.consumer';
import { Attempter } from './sending/attempter';
import { HttpSender } from './sending/http-sender';
import { Pumps } from './sending/pumps';
import { SendingRepository } from './sending/sending.repository';
import { SendingService } from './sending/sending.service';
import { Sweeper } from './sending/sweeper';
import { SweeperRepository } from './sending/sweeper.repository';
import { StandingConsumer } from './standing/standing.consumer';
import { StandingService } from './standing/standing.service';
import { TargetGuard } from './sending/target-guard';

@Module({
  imports: [
    PrivacyParticipantModule.of({ service: 'notifications', tables: NOTIFICATIONS_DATA }),
    RetentionModule.of(RETAINED),
  ],
  controllers: [
    BillingNoticesConsumer,
    DeliveryController,
    EmailRequestsConsumer,
    EndpointController,
    OpsAlertsConsumer,
    StandingConsumer,
    TelephonyEventsConsumer,
  ],
  providers: [
    Attempter,
    BillingNotices,
    DeliveryRepository,
    DeliveryService,
    DeliveryStatsService,
    EmailRepository,
    EmailService,
    EndpointRepository,
    EndpointSeals,
    EndpointService,
    EndpointTestService,
    FanOutRepository,
    FanOutService,
    HttpSender,
    { provide: Mailer, useClass: ResendMailer },
    OpsAlertRepository,
    OpsAlerts,
    Pumps,
    {
      provide: SecretBox,
      useFactory: (config: NotificationsConfig) => new SecretBox(config.ENCRYPTION_KEY),
      inject: [CONFIG],
    },
    SendingRepository,
    SendingService,
    SlackSender,
    StandingService,
    Sweeper,
    SweeperRepository,
    TargetGuard,
  ],
})
export class NotificationsModule {}
