import { Controller, Inject } from '@nestjs/common';
import {
  agentsPrivacyCompletedV1,
  analyticsPrivacyCompletedV1,
  billingPrivacyCompletedV1,
  type EventMeta,
  gatewayPrivacyCompletedV1,
  identityPrivacyCompletedV1,
  notificationsPrivacyCompletedV1,
  type PrivacyReceiptV1,
  telephonyPrivacyCompletedV1,
} from '@parley/contracts';
import { OnEvent } from '@parley/messaging';
import { PrivacySaga } from './privacy-saga.service';

@Controller()
export class PrivacyReceiptsConsumer {
  constructor(@Inject(PrivacySaga) private readonly saga: PrivacySaga) {}

  @OnEvent(identityPrivacyCompletedV1)
  async onIdentity(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }

  @OnEvent(telephonyPrivacyCompletedV1)
  async onTelephony(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }

  @OnEvent(agentsPrivacyCompletedV1)
  async onAgents(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }

  @OnEvent(billingPrivacyCompletedV1)
  async onBilling(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }

  @OnEvent(analyticsPrivacyCompletedV1)
  async onAnalytics(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }

  @OnEvent(notificationsPrivacyCompletedV1)
  async onNotifications(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }

  @OnEvent(gatewayPrivacyCompletedV1)
  async onGateway(receipt: PrivacyReceiptV1, _meta: EventMeta): Promise<void> {
    await this.saga.receive(receipt);
  }
}
