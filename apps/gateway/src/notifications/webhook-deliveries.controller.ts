import { Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DeliveryIdRequest,
  DeliveryStats,
  DeliveryStatsRequest,
  getDelivery,
  getDeliveryStats,
  listDeliveries,
  ListDeliveriesRequest,
  retryDelivery,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryPage,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

/** What was sent to the tenant's webhook endpoints. `stats` before `:id`. */
@Controller('v1/webhook-deliveries')
@ApiTags('webhooks')
export class WebhookDeliveriesController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('webhooks:read')
  @Answers('Deliveries, newest first', WebhookDeliveryPage)
  list(@Query() query: ListDeliveriesRequest): Promise<string> {
    return this.rpc.forward(listDeliveries, query);
  }

  @Get('stats')
  @Requires('webhooks:read')
  @Answers('Deliveries by status and day, success rate, latency', DeliveryStats)
  stats(@Query() query: DeliveryStatsRequest): Promise<string> {
    return this.rpc.forward(getDeliveryStats, query);
  }

  @Get(':id')
  @Requires('webhooks:read')
  @Answers('One delivery with every attempt: request and response', WebhookDeliveryDetail, {
    errors: { 404: 'NOT_FOUND' },
  })
  get(@Param() path: DeliveryIdRequest): Promise<string> {
    return this.rpc.forward(getDelivery, path);
  }

  @Post(':id/retry')
  @Idempotent()
  @Requires('webhooks:write')
  @Audited('webhook-delivery.retried')
  @Answers('Try it once more, with the same event id', WebhookDelivery, {
    status: 202,
    errors: { 404: 'NOT_FOUND', 409: 'STATE_CONFLICT' },
  })
  retry(@Param() path: DeliveryIdRequest): Promise<string> {
    return this.rpc.forward(retryDelivery, path);
  }
}
