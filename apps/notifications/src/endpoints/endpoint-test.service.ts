import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { currentCaller, type EndpointTestResult, newId } from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type DeliveryRow, DeliveryRepository } from '../deliveries/delivery.repository';
import { testOf } from '../formats/outbound-event';
import { FanOutService } from '../publishing/fan-out.service';
import { EndpointNotActive, EndpointNotFound } from './endpoint.errors';
import { EndpointRepository } from './endpoint.repository';

/** How long to wait for the receiver before saying that the answer is still out. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** A `webhook.test` event on the way that all deliveries go (BR-108). */
@Injectable()
export class EndpointTestService {
  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly fanOut: FanOutService,
  ) {}

  async test(endpointId: string): Promise<EndpointTestResult> {
    const deliveryId = await this.send(endpointId);
    const { eventId, status, responseStatus, durationMs, lastError } = await this.answerOf(deliveryId);
    return { deliveryId, eventId, status, responseStatus, durationMs, error: lastError };
  }

  private send(endpointId: string): Promise<string> {
    return this.database.tenant(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      const { tenantId } = currentCaller();
      if (!endpoint || !tenantId) throw new EndpointNotFound();
      if (endpoint.status !== 'active') throw new EndpointNotActive();
      const event = testOf(endpointId, newId(), new Date());
      return this.fanOut.publishTest(tenantId, event, { endpointId, format: endpoint.payloadFormat });
    });
  }

  private async answerOf(deliveryId: string): Promise<DeliveryRow> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const delivery = await this.database.tenant(() => this.deliveries.find(deliveryId));
      if (!delivery) throw new EndpointNotFound();
      if (['delivered', 'dead'].includes(delivery.status) || Date.now() > deadline) return delivery;
      await pause(LOOK_EVERY_MS);
    }
  }
}
