import { Controller } from '@nestjs/common';
import {
  type DeliveryIdRequest,
  type DeliveryStats,
  type DeliveryStatsRequest,
  getDelivery,
  getDeliveryStats,
  listDeliveries,
  type ListDeliveriesRequest,
  type Page,
  retryDelivery,
  type RetryDeliveryRequest,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { DeliveryService } from './delivery.service';
import { DeliveryStatsService } from './delivery-stats.service';

@Controller()
export class DeliveryController {
  constructor(
    private readonly deliveries: DeliveryService,
    private readonly statistics: DeliveryStatsService,
  ) {}

  @Handles(listDeliveries)
  list(request: ListDeliveriesRequest): Promise<Page<WebhookDelivery>> {
    return this.deliveries.list(request);
  }

  @Handles(getDelivery)
  get({ id }: DeliveryIdRequest): Promise<WebhookDeliveryDetail> {
    return this.deliveries.get(id);
  }

  @Handles(getDeliveryStats)
  stats(request: DeliveryStatsRequest): Promise<DeliveryStats> {
    return this.statistics.stats(request);
  }

  @Handles(retryDelivery)
  retry(request: RetryDeliveryRequest): Promise<WebhookDelivery> {
    return this.deliveries.retry(request);
  }
}
